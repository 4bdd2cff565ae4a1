import { setTimeout as delay } from 'node:timers/promises'
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
  /** Events that are not at their end: accepted, or landed with a message to go out. */
  readonly #open = new Map<string, Landed | undefined>()
  /** Messages that are still to go out, by event. */
  readonly #owed = new Map<string, number>()
  #settled = Promise.withResolvers<void>()

  constructor(tell: (line: StoryLine) => void) {
    this.#tell = tell
  }

  /** Resolves when every event that was accepted so far has been told to its end, after `patience` milliseconds in any case. */
  async settled(patience = 5_000): Promise<void> {
    const late = delay(patience, 'late', { ref: false })
    while (this.#open.size > 0 && (await Promise.race([this.#settled.promise, late])) !== 'late');
  }

  /** A hub's listener. */
  hear(happening: Happening): void {
    switch (happening.type) {
      case 'accepted':
        this.#open.set(happening.event.id, undefined)
        break
      case 'repeated':
        this.#close(happening.event.id)
        break
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
    this.#open.set(happening.event.id, happening)
    this.#owed.set(happening.event.id, happening.owes)
    if (happening.owes > 0) return
    this.#tell(lineOf(happening, happening.milliseconds))
    this.#close(happening.event.id)
  }

  #sent({ event }: Pick<Landed, 'event'>, message: MessageSummary, milliseconds: number, dead?: string): void {
    const landed = this.#open.get(event.id)
    const line = landed
      ? lineOf(landed, landed.milliseconds + milliseconds)
      : { event: nameOf(event), failed: false, milliseconds }
    const { name, correlationKey } = message
    this.#tell({ ...line, message: { name, correlationKey }, ...(dead ? { note: dead, failed: true } : {}) })
    const left = (this.#owed.get(event.id) ?? 1) - 1
    this.#owed.set(event.id, left)
    if (left <= 0) this.#close(event.id)
  }

  #fail({ event, error, milliseconds }: Happening & { type: 'refused' | 'failed' }): void {
    this.#tell({ event: nameOf(event), note: `${error.code}: ${error.message}`, failed: true, milliseconds })
    this.#close(event.id)
  }

  #close(id: string): void {
    this.#open.delete(id)
    this.#owed.delete(id)
    if (this.#open.size > 0) return
    this.#settled.resolve()
    this.#settled = Promise.withResolvers()
  }
}

type Landed = Happening & { readonly type: 'committed' | 'unchanged' }

function lineOf(happening: Landed, milliseconds: number): StoryLine {
  const { event } = happening
  const made =
    happening.type === 'committed'
      ? { commit: happening.commit, subject: happening.subject }
      : { note: 'no change, no commit' }
  return { event: nameOf(event), ...made, failed: false, milliseconds }
}

function nameOf({ type, id }: Landed['event']): StoryLine['event'] {
  return { type, id }
}
