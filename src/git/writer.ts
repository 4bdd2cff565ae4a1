import { setTimeout as delay } from 'node:timers/promises'
import { CommitbaseError } from '../errors.ts'
import { step } from '../step.ts'
import { takeBreaths } from './breath.ts'
import type { Fold } from './deferred.ts'
import type { Pipeline } from './pipeline.ts'
import type { Repository } from './repository.ts'
import { attempt, type Outcome, type Task } from './task.ts'
import { Workspace } from './workspace.ts'

export interface WriterOptions {
  readonly repository: Repository
  /** The refs that tasks write to. */
  readonly refs: readonly string[]
  /** Told when a batch has landed, before its tasks' callers are; the next one may be on top of it already. It must not throw. */
  readonly landed?: (workspace: Workspace) => void
  /** Puts what the tasks defer into the tree of its ref, where the repository does not do that on its own. */
  readonly fold?: Fold
  /** How many tasks may wait, evaluated or not, while others land; one more is refused with `unavailable`. */
  readonly limit?: number
  /** How often a lost race is run again before it is given up (default: 5): a repository of our own is seldom moved by others. */
  readonly attempts?: number
  /** A number from 0 to 1, to spread those who lost the same race. */
  readonly random?: () => number
  /** A clock in milliseconds, to tell what takes how long (default: the system's). */
  readonly now?: () => number
}

/**
 * The one door for writes to a repository of our own. What waits is taken together: each task runs on the head plus the tasks before it,
 * then all land at once. While they do, the next batch is evaluated on top of them, and lands when they have. A task that throws fails
 * alone. A lost race runs the whole batch again on the new head, and what was evaluated on top of it.
 */
export class Writer {
  readonly #options: WriterOptions
  readonly #now: () => number
  #waiting: Waiting[] = []
  #workspace: Workspace | undefined
  /** What was evaluated, or is being, and is not landing yet. */
  #batch: Evaluated[] = []
  /** Since when. */
  #begun = 0
  #landing: Promise<void> | undefined
  /** Milliseconds that the last landing took. */
  #took = Number.POSITIVE_INFINITY
  #pausing: Promise<void> | undefined
  #news: PromiseWithResolvers<void> | undefined
  #running: Promise<void> | undefined
  #closed = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Resolves with what the task gave once it is durable. In a pipeline it is refused when one before it could not land. */
  submit<T>(task: Task<T>, pipeline?: Pipeline): Promise<T> {
    return this.#wait({ kind: 'task', run: task }, pipeline) as Promise<T>
  }

  /** Runs alone, between two batches: for whoever moves refs without this writer, such as a push. */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    return this.#wait({ kind: 'alone', run: action }) as Promise<T>
  }

  /** Finishes what was submitted and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  #wait(work: Work, pipeline?: Pipeline): Promise<unknown> {
    if (this.#closed) return Promise.reject(new CommitbaseError('unavailable', 'the writer is closed'))
    const limit = this.#options.limit ?? 10_000
    if (this.#waiting.length + this.#batch.length >= limit) {
      return Promise.reject(
        new CommitbaseError('unavailable', `${limit} writes are waiting already; try again in a moment`),
      )
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.push({ work, pipeline, resolve, reject, lost: 0 })
    this.#news?.resolve()
    this.#running ??= this.#run()
    return promise
  }

  async #run(): Promise<void> {
    // What comes in the same turn belongs to the same batch.
    await Promise.resolve()
    const breath = takeBreaths()
    while (this.#waiting.length > 0 || this.#batch.length > 0 || this.#landing) {
      if (this.#isComplete()) await this.#handOver()
      else if (this.#isTaskNext()) {
        await this.#evaluate()
        // What lands meanwhile is to go on: it takes two turns to be written and synced.
        const pause = breath()
        if (pause) await pause
      } else if (this.#landing) await this.#waitForNews()
      else await this.#runAlone(this.#waiting.shift()!)
    }
    this.#running = undefined
  }

  #isTaskNext(): boolean {
    return this.#waiting[0]?.work.kind === 'task'
  }

  /**
   * A batch never waits for more. Of what is there it takes as much as will keep us busy while it lands, and leaves as much for that time;
   * who comes behind very many others is not to wait for all of them.
   */
  #isComplete(): boolean {
    if (this.#batch.length === 0 || this.#landing) return false
    if (!this.#isTaskNext()) return true
    const worked = this.#now() - this.#begun
    return worked >= this.#took && (this.#batch.length >= this.#waiting.length || worked >= mostWork)
  }

  async #evaluate(): Promise<void> {
    const workspace = this.#workspace ?? (await this.#open())
    if (!workspace) return
    const waiting = this.#waiting.shift()!
    const { failure } = waiting.pipeline ?? {}
    if (failure) return waiting.reject(failure.error)
    if (this.#batch.length === 0) this.#begun = this.#now()
    const evaluated: Evaluated = { waiting, outcome: undefined }
    this.#batch.push(evaluated)
    evaluated.outcome = await attempt((waiting.work as Evaluation).run, workspace)
  }

  /** Nothing where that fails: whoever waited for it is told. */
  async #open(): Promise<Workspace | undefined> {
    await this.#pausing
    try {
      this.#workspace = await Workspace.open(this.#options.repository, this.#options.refs)
    } catch (error) {
      const end = this.#waiting.findIndex(({ work }) => work.kind === 'alone')
      for (const waiting of this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)) refuse(waiting, error)
    }
    return this.#workspace
  }

  /** Begins its landing, and does not wait for the end of it. */
  async #handOver(): Promise<void> {
    const batch = this.#takeBatch()
    step('batch.evaluated')
    try {
      if (this.#options.fold) await this.#workspace!.fold(this.#options.fold)
      this.#landing = this.#land(this.#workspace!, batch)
    } catch (error) {
      this.#fail(batch, error)
    }
  }

  async #land(workspace: Workspace, batch: readonly Evaluated[]): Promise<void> {
    const started = this.#now()
    const isWritten = workspace.hasNews
    try {
      if ((await workspace.handOver()) === 'landed') {
        step('batch.landed')
        this.#options.landed?.(workspace)
        for (const { waiting, outcome } of batch) settle(waiting, outcome!)
      } else this.#evaluateAgain(batch)
    } catch (error) {
      this.#fail(batch, error)
    }
    if (isWritten) this.#took = this.#now() - started
    this.#landing = undefined
    this.#news?.resolve()
  }

  /** What was evaluated on top of it goes back to those who wait. */
  #fail(batch: readonly Evaluated[], error: unknown): void {
    for (const { waiting } of batch) refuse(waiting, error)
    this.#beginAnew([])
  }

  /** After a pause, and on the new head; nobody for ever. */
  #evaluateAgain(batch: readonly Evaluated[]): void {
    const { attempts = 5, random = Math.random } = this.#options
    const lost = batch.map(({ waiting }) => ({ ...waiting, lost: waiting.lost + 1 }))
    const error = new CommitbaseError('unavailable', `others moved the branch ${attempts} times in a row; try again`)
    for (const waiting of lost) if (waiting.lost >= attempts) refuse(waiting, error)
    const again = lost.filter((waiting) => waiting.lost < attempts)
    this.#beginAnew(again)
    if (again.length > 0) this.#pausing = delay(pause(Math.max(...again.map(({ lost }) => lost)), random))
  }

  /** The next evaluation looks where the refs are; the order stays. */
  #beginAnew(first: readonly Waiting[]): void {
    this.#workspace = undefined
    this.#waiting = [...first, ...this.#takeBatch().map(({ waiting }) => waiting), ...this.#waiting]
  }

  #takeBatch(): Evaluated[] {
    const batch = this.#batch
    this.#batch = []
    return batch
  }

  #waitForNews(): Promise<void> {
    this.#news = Promise.withResolvers()
    return this.#news.promise
  }

  async #runAlone({ work, resolve, reject }: Waiting): Promise<void> {
    this.#workspace = undefined
    try {
      resolve(await (work as Alone).run())
    } catch (error) {
      reject(error)
    }
  }
}

type Work = Evaluation | Alone
type Evaluation = { readonly kind: 'task'; readonly run: Task<unknown> }
type Alone = { readonly kind: 'alone'; readonly run: () => Promise<unknown> }

interface Waiting {
  readonly work: Work
  readonly pipeline: Pipeline | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** How often its batch has lost the race. */
  readonly lost: number
}

interface Evaluated {
  readonly waiting: Waiting
  /** Nothing until it has run. */
  outcome: Outcome<unknown> | undefined
}

function refuse({ pipeline, reject }: Waiting, error: unknown): void {
  pipeline?.fail(error)
  reject(error)
}

function settle(waiting: Waiting, outcome: Outcome<unknown>): void {
  if ('error' in outcome) waiting.reject(outcome.error)
  else waiting.resolve(outcome.value)
}

/** Milliseconds: a landing costs a fiftieth of that. */
const mostWork = 10

/** Milliseconds, doubling from 20 up to 2 s, spread evenly over their second half. */
function pause(attempt: number, random: () => number): number {
  const longest = Math.min(20 * 2 ** (attempt - 1), 2_000)
  return longest / 2 + (random() * longest) / 2
}
