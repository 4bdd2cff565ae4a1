export type GitService = 'git-upload-pack' | 'git-receive-pack'

export interface PushTurnsOptions {
  /** Resolves when all that the branch is being moved by has landed. */
  readonly landed: () => Promise<unknown>
  /** Milliseconds from a fetch, or from the beginning of a push, in which the next step must come (default: 1,000), and for all of it (2,000). */
  readonly step?: number
  readonly longest?: number
}

/**
 * Lets people push to a branch that the hub commits to all the time. Git refuses a push of who has not fetched the newest commit, and
 * where that is some milliseconds old nobody ever has. So the branch waits for those who have lost such a race, from their next fetch on until
 * they have pushed, for a moment; then the hub's commits have at least as long before somebody else is waited for.
 */
export class PushTurns {
  readonly #options: PushTurnsOptions
  readonly #step: number
  readonly #longest: number
  /** Who has begun to push, or has lost; those that came last. */
  readonly #pushers = new Map<string, Pusher>()
  #turn: Turn | undefined
  /** Milliseconds of `performance.now`. */
  #mayBegin = 0

  constructor(options: PushTurnsOptions) {
    this.#options = options
    this.#step = options.step ?? 1_000
    this.#longest = options.longest ?? 2_000
  }

  /** Resolves when the branch may move. */
  async isFree(): Promise<void> {
    await this.#turn?.over.promise
  }

  /** Somebody asks for the refs, to fetch or to push. Resolves when they may be told: in their turn the branch stays where it is. */
  async asks(who: string, service: GitService): Promise<void> {
    const known = this.#pushers.get(who)
    // A push that ended with the refs: git saw on that side that it would be in vain.
    const hasLost = known !== undefined && (known.hasLost || known.isPushing)
    this.#note(who, { isPushing: service === 'git-receive-pack', hasLost })
    if (!hasLost) return
    if (this.#turn?.who === who) this.#goOn(this.#turn)
    else if (!this.#turn && performance.now() >= this.#mayBegin) this.#begin(who)
    if (this.#turn) await this.#options.landed()
  }

  /** What became of a push. */
  ended(who: string, outcome: PushOutcome): void {
    if (outcome === 'lost') this.#note(who, { isPushing: false, hasLost: true })
    else this.#pushers.delete(who)
    if (this.#turn?.who === who) this.#end(this.#turn)
  }

  /** Nobody is waited for any more. */
  stop(): void {
    this.#mayBegin = Number.POSITIVE_INFINITY
    if (this.#turn) this.#end(this.#turn)
  }

  #note(who: string, pusher: Pusher): void {
    this.#pushers.delete(who)
    if (pusher.isPushing || pusher.hasLost) this.#pushers.set(who, pusher)
    if (this.#pushers.size > mostPushers) this.#pushers.delete(this.#pushers.keys().next().value!)
  }

  #begin(who: string): void {
    const turn: Turn = { who, over: Promise.withResolvers(), began: performance.now(), timer: undefined }
    this.#turn = turn
    this.#goOn(turn)
  }

  #goOn(turn: Turn): void {
    clearTimeout(turn.timer)
    const left = turn.began + this.#longest - performance.now()
    turn.timer = setTimeout(() => this.#end(turn), Math.min(this.#step, left))
  }

  #end(turn: Turn): void {
    clearTimeout(turn.timer)
    this.#turn = undefined
    const now = performance.now()
    this.#mayBegin = Math.max(this.#mayBegin, 2 * now - turn.began)
    turn.over.resolve()
  }
}

/** `refused`: by a rule, so that a fetch would not help. */
export type PushOutcome = 'landed' | 'refused' | 'lost'

interface Pusher {
  readonly isPushing: boolean
  readonly hasLost: boolean
}

interface Turn {
  readonly who: string
  readonly over: PromiseWithResolvers<void>
  readonly began: number
  timer: NodeJS.Timeout | undefined
}

const mostPushers = 100
