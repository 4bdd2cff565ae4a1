import type { Happening, MessageSummary } from '../hub/happening.ts'

/** One event's way through the hub, told once it has come to its end. `milliseconds` from its acceptance on. */
export interface StoryLine {
  readonly event: { readonly type: string; readonly id: string }
  readonly commit?: string
  readonly subject?: string
  readonly message?: { readonly name: string; readonly correlationKey: string }
  readonly note?: string
  readonly failed: boolean
  readonly milliseconds: number
}

/**
 * Joins what happens to one event into one line: *event in → handler → one commit → message out*. An event that owes no message
 * is told when it has landed; another one when the engine has taken its message.
 */
export class Story {
  readonly #tell: (line: StoryLine) => void
  readonly #landed = new Map<string, Landed>()

  constructor(tell: (line: StoryLine) => void) {
    this.#tell = tell
  }

  /** A hub's listener. */
  hear(happening: Happening): void {
    switch (happening.type) {
      case 'committed':
      case 'unchanged':
        this.#land(happening)
        break
      case 'message-taken':
        this.#sent(happening, happening.message, happening.milliseconds)
        break
      case 'message-dead':
        this.#sent(happening, happening.message, 0, `never taken: ${happening.reason}`)
        break
      case 'refused':
      case 'failed':
        this.#fail(happening)
        break
      default:
    }
  }

  #land(happening: Landed): void {
    if (happening.owes === 0) this.#tell(lineOf(happening, happening.milliseconds))
    else this.#landed.set(happening.event.id, happening)
  }

  #sent({ event }: Pick<Landed, 'event'>, message: MessageSummary, milliseconds: number, dead?: string): void {
    const landed = this.#landed.get(event.id)
    this.#landed.delete(event.id)
    const line = landed ? lineOf(landed, landed.milliseconds + milliseconds) : { event, failed: false, milliseconds }
    const { name, correlationKey } = message
    this.#tell({ ...line, message: { name, correlationKey }, ...(dead ? { note: dead, failed: true } : {}) })
  }

  #fail({ event, error, milliseconds }: Happening & { type: 'refused' | 'failed' }): void {
    this.#tell({ event, note: `${error.code}: ${error.message}`, failed: true, milliseconds })
  }
}

type Landed = Happening & { readonly type: 'committed' | 'unchanged' }

function lineOf(happening: Landed, milliseconds: number): StoryLine {
  const { event } = happening
  const made =
    happening.type === 'committed'
      ? { commit: happening.commit, subject: happening.subject }
      : { note: 'no change, no commit' }
  return { event: { type: event.type, id: event.id }, ...made, failed: false, milliseconds }
}
