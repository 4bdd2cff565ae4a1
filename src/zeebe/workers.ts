import { setTimeout as delay } from 'node:timers/promises'
import { type CommitbaseError, messageOf } from '../errors.ts'
import { answerJob } from './answerJob.ts'
import { engineError } from './call.ts'
import { type Engine, endStream, type JobStream, longPoll } from './connect.ts'
import { identityOf } from './identity.ts'
import { type Job, jobFrom, type Outcome } from './job.ts'

export interface WorkerOptions {
  readonly engine: Engine
  /** The job type that it takes. */
  readonly type: string
  /** What is thrown fails the job: one retry less, no back-off. `signal` comes when the worker was stopped and has waited long enough. */
  readonly handle: (job: Job, signal: AbortSignal) => Promise<Outcome> | Outcome
  /** Jobs at a time; 32 unless given. */
  readonly capacity?: number
  /**
   * Milliseconds that the engine keeps a job for this worker; 60,000 unless given. A job that takes longer comes again: to this
   * worker, which sees that it still has it (so a short one costs nothing but a call, and is soon over after a crash), or to another.
   */
  readonly timeout?: number
  /** The worker's name in the engine; `commitbase` unless given. */
  readonly name?: string
  /** All that the task sees unless given. */
  readonly fetchVariables?: readonly string[]
  /** Told when the engine is lost (once) and when it is there again. */
  readonly onConnection?: (
    state: { readonly connected: true } | { readonly connected: false; readonly error: CommitbaseError },
  ) => void
  /** Told of each job that was answered. */
  readonly onOutcome?: (job: Job, outcome: Outcome, answer: 'answered' | 'gone' | 'dropped') => void
}

export interface Worker {
  /** Takes no more jobs, and resolves when those under way are answered; after `grace` milliseconds (5,000) they are dropped, and come again after their timeout. */
  stop(grace?: number): Promise<void>
}

/** Starts taking jobs of one type, by long polls without a pause between them; while the engine is away it tries on for ever. */
export function startWorker(options: WorkerOptions): Worker {
  const worker = new JobWorker(options)
  const polling = worker.poll()
  return { stop: (grace) => worker.stop(polling, grace) }
}

class JobWorker {
  readonly #options: WorkerOptions
  readonly #capacity: number
  readonly #running = new Map<string, Promise<void>>()
  readonly #left = new Set<string>()
  readonly #stopping = new AbortController()
  readonly #dropping = new AbortController()
  readonly #stopped = new Promise<void>((resolve) => this.#stopping.signal.addEventListener('abort', () => resolve()))
  #connected = true
  #identity: Promise<string | undefined> | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#capacity = options.capacity ?? 32
  }

  async poll(): Promise<void> {
    for (let failures = 0; !this.#isOver(); ) {
      if (this.#running.size >= this.#capacity) await Promise.race([...this.#running.values(), this.#stopped])
      if (this.#running.size >= this.#capacity) continue
      try {
        await this.#activate()
        failures = 0
      } catch (error) {
        if (this.#isOver()) return
        this.#lost(engineError(this.#options.engine, `jobs of type '${this.#options.type}'`, error))
        await pause(Math.min(100 * 2 ** Math.min(failures++, 6), 5_000), this.#stopping.signal)
      }
    }
  }

  async stop(polling: Promise<void>, grace = 5_000): Promise<void> {
    this.#stopping.abort()
    const timer = setTimeout(() => this.#dropping.abort(), grace)
    const ended = polling.then(() => Promise.all(this.#running.values()))
    await Promise.race([ended, this.#dropped()])
    clearTimeout(timer)
  }

  /** Resolves when those that heed the signal have ended: a task that does not is left to itself. */
  async #dropped(): Promise<void> {
    const { signal } = this.#dropping
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await delay(lastMoment)
  }

  /** A client that was closed under it stays closed. */
  #isOver(): boolean {
    return this.#stopping.signal.aborted || this.#options.engine.closed.aborted
  }

  /** One long poll, from the request to its end. */
  async #activate(): Promise<void> {
    const stream = await this.#request()
    const cancel = () => endStream(stream)
    this.#stopping.signal.addEventListener('abort', cancel)
    if (this.#stopping.signal.aborted) cancel()
    try {
      await new Promise<void>((resolve, reject) => {
        stream.on('data', (response: { jobs?: Record<string, unknown>[] }) => {
          try {
            this.#take(response.jobs ?? [])
          } catch (error) {
            reject(error)
          }
        })
        stream.on('end', resolve)
        stream.on('error', reject)
      })
      if (!this.#isOver()) this.#found()
    } finally {
      this.#stopping.signal.removeEventListener('abort', cancel)
      endStream(stream)
    }
  }

  async #request(): Promise<JobStream> {
    const { engine, type, timeout = 60_000, name = 'commitbase', fetchVariables } = this.#options
    const stream = await engine.gateway.activateJobsStream({
      type,
      worker: name,
      timeout,
      maxJobsToActivate: this.#capacity - this.#running.size,
      requestTimeout: longPoll,
      fetchVariable: fetchVariables ?? [],
    })
    if (stream === undefined) throw new Error('the connection was closed')
    if ('error' in stream) throw stream.error
    return stream
  }

  #take(jobs: Record<string, unknown>[]): void {
    this.#found()
    for (const job of jobs.map(jobFrom)) {
      if (this.#stopping.signal.aborted) this.#giveBack(job)
      else if (!this.#running.has(job.key) && !this.#left.has(job.key)) this.#start(job)
    }
  }

  #start(job: Job): void {
    const done = this.#run(job).finally(() => this.#running.delete(job.key))
    this.#running.set(job.key, done)
  }

  async #run(job: Job): Promise<void> {
    const isSameEngine = this.#sameEngine()
    const outcome = await this.#handle(job)
    if (outcome.type === 'leave') this.#leave(job)
    try {
      const answer = await answerJob(this.#options.engine, job, outcome, this.#dropping.signal, isSameEngine)
      this.#options.onOutcome?.(job, outcome, answer)
    } catch {
      this.#options.onOutcome?.(job, outcome, 'dropped')
    }
  }

  /** Tells later whether the engine is the one that gives jobs now; where that could not be learned, it is taken for it. */
  #sameEngine(): (broken: boolean) => Promise<boolean> {
    const { engine } = this.#options
    this.#identity ??= identityOf(engine).catch(() => undefined)
    const before = this.#identity
    return async (broken) => {
      if (!broken && before === this.#identity) return true
      const known = await before
      return known === undefined || known === (await identityOf(engine))
    }
  }

  async #handle(job: Job): Promise<Outcome> {
    try {
      return await this.#options.handle(job, this.#dropping.signal)
    } catch (error) {
      return { type: 'fail', message: messageOf(error) }
    }
  }

  /** A job left to others comes again after its timeout: it is not handled twice. The oldest are forgotten, so that this stays small. */
  #leave(job: Job): void {
    this.#left.add(job.key)
    if (this.#left.size > 10_000) this.#left.delete(this.#left.values().next().value!)
  }

  /** What the engine had sent when the worker was stopped is free again at once. */
  #giveBack(job: Job): void {
    const outcome: Outcome = { type: 'fail', message: 'the worker was stopped before it began', retries: job.retries }
    this.#running.set(
      job.key,
      answerJob(this.#options.engine, job, outcome, this.#dropping.signal).then(
        () => void this.#running.delete(job.key),
        () => void this.#running.delete(job.key),
      ),
    )
  }

  #lost(error: CommitbaseError): void {
    if (this.#connected) this.#options.onConnection?.({ connected: false, error })
    this.#connected = false
    this.#identity = undefined
  }

  #found(): void {
    if (!this.#connected) this.#options.onConnection?.({ connected: true })
    this.#connected = true
  }
}

/** Milliseconds in which tasks that were dropped say so. */
const lastMoment = 500

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {})
}
