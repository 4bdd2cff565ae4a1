import { setTimeout as delay } from 'node:timers/promises'
import { CommitbaseError } from '../errors.ts'
import { step } from '../step.ts'
import type { Fold } from './deferred.ts'
import type { Repository } from './repository.ts'
import { attempt, type Outcome, type Task } from './task.ts'
import { Workspace } from './workspace.ts'

export interface WriterOptions {
  readonly repository: Repository
  /** The refs that tasks write to. */
  readonly refs: readonly string[]
  /** Told when a batch has landed, before its tasks' callers are. It must not throw. */
  readonly landed?: (workspace: Workspace) => void
  /** Puts what the tasks defer into the tree of its ref, where the repository does not do that on its own. */
  readonly fold?: Fold
  /** How many tasks may wait; one more is refused with `unavailable`. */
  readonly limit?: number
  /** How often a lost race is run again before it is given up (default: 5): a repository of our own is seldom moved by others. */
  readonly attempts?: number
  /** A number from 0 to 1, to spread those who lost the same race. */
  readonly random?: () => number
}

/**
 * The one door for writes to a repository of our own. What waits is taken together: each task runs on the head plus the tasks before it,
 * then all land at once. A task that throws fails alone. A lost race runs the whole batch again on the new head.
 */
export class Writer {
  readonly #options: WriterOptions
  readonly #waiting: Waiting[] = []
  #workspace: Workspace | undefined
  #running: Promise<void> | undefined
  #closed = false

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Resolves with what the task gave once it is durable. */
  submit<T>(task: Task<T>): Promise<T> {
    return this.#wait({ kind: 'task', run: task }) as Promise<T>
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

  #wait(work: Work): Promise<unknown> {
    if (this.#closed) return Promise.reject(new CommitbaseError('unavailable', 'the writer is closed'))
    const limit = this.#options.limit ?? 10_000
    if (this.#waiting.length >= limit) {
      return Promise.reject(
        new CommitbaseError('unavailable', `${limit} writes are waiting already; try again in a moment`),
      )
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.push({ work, resolve, reject })
    this.#running ??= this.#drain()
    return promise
  }

  async #drain(): Promise<void> {
    // What comes in the same turn belongs to the same batch.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]!.work.kind === 'alone') await this.#runAlone(this.#waiting.shift()!)
      else await this.#runBatch(this.#takeBatch())
    }
    this.#running = undefined
  }

  #takeBatch(): Waiting[] {
    const end = this.#waiting.findIndex(({ work }) => work.kind === 'alone')
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #runAlone(waiting: Waiting): Promise<void> {
    this.#workspace = undefined
    try {
      waiting.resolve(await (waiting.work as Alone).run())
    } catch (error) {
      waiting.reject(error)
    }
  }

  async #runBatch(batch: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#land(batch)
      for (const [index, outcome] of outcomes.entries()) settle(batch[index]!, outcome)
    } catch (error) {
      this.#workspace = undefined
      for (const waiting of batch) waiting.reject(error)
    }
  }

  async #land(batch: readonly Waiting[]): Promise<Outcome<unknown>[]> {
    const attempts = this.#options.attempts ?? 5
    for (let attempt = 1; attempt <= attempts; attempt++) {
      this.#workspace ??= await Workspace.open(this.#options.repository, this.#options.refs)
      const outcomes = await evaluate(batch, this.#workspace)
      step('batch.evaluated')
      if ((await this.#workspace.land(this.#options.fold)) === 'landed') {
        step('batch.landed')
        this.#options.landed?.(this.#workspace)
        return outcomes
      }
      this.#workspace = undefined
      await delay(pause(attempt, this.#options.random ?? Math.random))
    }
    throw new CommitbaseError('unavailable', `others moved the branch ${attempts} times in a row; try again`)
  }
}

type Work = { kind: 'task'; run: Task<unknown> } | Alone
type Alone = { kind: 'alone'; run: () => Promise<unknown> }

interface Waiting {
  readonly work: Work
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

async function evaluate(batch: readonly Waiting[], workspace: Workspace): Promise<Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = []
  for (const { work } of batch) outcomes.push(await attempt((work as { run: Task<unknown> }).run, workspace))
  return outcomes
}

function settle(waiting: Waiting, outcome: Outcome<unknown>): void {
  if ('error' in outcome) waiting.reject(outcome.error)
  else waiting.resolve(outcome.value)
}

/** Milliseconds, doubling from 20 up to 2 s, spread evenly over their second half. */
function pause(attempt: number, random: () => number): number {
  const longest = Math.min(20 * 2 ** (attempt - 1), 2_000)
  return longest / 2 + (random() * longest) / 2
}
