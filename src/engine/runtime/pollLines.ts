import type { ActivatedJob, ActivateJobs } from '../command.ts'

/** A worker's call that waits for jobs. Whatever comes first (jobs, its time, its caller's leaving) closes it. */
export interface Poll {
  readonly command: ActivateJobs
  /** Milliseconds; negative: it does not wait. */
  readonly wait: number
  readonly closed: boolean
  give(jobs: ActivatedJob[]): void
  fail(error: unknown): void
}

interface PollOptions {
  readonly wait: number
  readonly signal: AbortSignal
  readonly resolve: (jobs: ActivatedJob[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * One line a job type, first come first served: while somebody waits, no job of that type is there to be had. A poll
 * leaves its line before a job is activated for it, so one that was given up never takes any.
 */
export class PollLines {
  readonly #open = new Set<Waiting>()
  readonly #lines = new Map<string, Set<Waiting>>()
  #reconsider = false

  /** Its time runs from now on. */
  open(command: ActivateJobs, options: PollOptions): Poll {
    const poll = new Waiting(command, options, () => {
      this.#open.delete(poll)
      this.#leave(poll)
    })
    this.#open.add(poll)
    if (options.signal.aborted) poll.give([])
    return poll
  }

  /** The poll found nothing and waits at the end of its line. */
  join(poll: Poll): void {
    if (!(poll instanceof Waiting) || poll.closed) return
    const line = this.#lines.get(poll.command.jobType) ?? new Set()
    this.#lines.set(poll.command.jobType, line.add(poll))
  }

  /** Jobs of that type came: `activate` is asked for each who waits, until it finds none. */
  serve(type: string, activate: (poll: Poll) => boolean): void {
    for (const poll of this.#lines.get(type) ?? []) {
      if (!activate(poll)) return
    }
  }

  /** Jobs were activated for it: it leaves its line, and neither its time nor its caller's leaving closes it. */
  take(poll: Poll): void {
    if (!(poll instanceof Waiting)) return
    poll.taken = true
    this.#leave(poll)
  }

  /** The state was loaded again: there may be jobs in it for those who wait. */
  reconsider(): void {
    this.#reconsider = true
  }

  /** Serves every line, where `reconsider` asked for it. */
  serveAll(activate: (poll: Poll) => boolean): void {
    if (!this.#reconsider) return
    this.#reconsider = false
    for (const type of [...this.#lines.keys()]) this.serve(type, activate)
  }

  /** How many wait, by the type of the jobs that they wait for. */
  waiting(): Map<string, number> {
    return new Map(Array.from(this.#lines, ([type, line]) => [type, line.size]))
  }

  close(error: unknown): void {
    for (const poll of [...this.#open]) poll.fail(error)
  }

  #leave(poll: Waiting): void {
    const line = this.#lines.get(poll.command.jobType)
    line?.delete(poll)
    if (line?.size === 0) this.#lines.delete(poll.command.jobType)
  }
}

class Waiting implements Poll {
  readonly command: ActivateJobs
  readonly wait: number
  /** Jobs are being activated for it: its time no longer counts. */
  taken = false
  closed = false
  readonly #options: PollOptions
  readonly #left: () => void
  readonly #timer: NodeJS.Timeout | undefined
  readonly #giveUp = (): void => {
    if (!this.taken) this.give([])
  }

  constructor(command: ActivateJobs, options: PollOptions, left: () => void) {
    this.command = command
    this.wait = options.wait
    this.#options = options
    this.#left = left
    if (options.wait >= 0) this.#timer = waitFor(options.wait, this.#giveUp)
    options.signal.addEventListener('abort', this.#giveUp, { once: true })
  }

  give(jobs: ActivatedJob[]): void {
    this.#close()
    this.#options.resolve(jobs)
  }

  fail(error: unknown): void {
    this.#close()
    this.#options.reject(error)
  }

  #close(): void {
    this.closed = true
    clearTimeout(this.#timer)
    this.#options.signal.removeEventListener('abort', this.#giveUp)
    this.#left()
  }
}

/** A timer of any length but for ever: Node's own fire at once from 2^31 milliseconds on. */
function waitFor(milliseconds: number, then: () => void): NodeJS.Timeout | undefined {
  return milliseconds === Infinity ? undefined : setTimeout(then, Math.min(milliseconds, 2 ** 31 - 1))
}
