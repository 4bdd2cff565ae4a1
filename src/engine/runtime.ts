import { CommitbaseError, messageOf } from '../errors.ts'
import type { Clock } from './clock.ts'
import type {
  Accepted,
  ActivatedJob,
  ActivateJobs,
  Command,
  CreateProcessInstance,
  FinishedInstance,
  Response,
} from './command.ts'
import { CommandRejected } from './commandRejected.ts'
import { decide } from './decide.ts'
import { documentsAt, fromDocuments, toDocuments } from './documents.ts'
import { evolve } from './evolve.ts'
import { type Poll, PollLines } from './pollLines.ts'
import { ResultWaiters } from './resultWaiters.ts'
import { emptyState, incidents, nextDue, type OpenIncident, type State, takeTouched } from './state.ts'
import type { EngineStore } from './store.ts'
import { subjectOf } from './subject.ts'

export interface RuntimeOptions {
  readonly store: EngineStore
  readonly clock: Clock
  /** Makes a new engine's UUID. */
  readonly newEngineId: () => string
  /** Is told what went wrong inside, beside the callers that get an error. */
  readonly onFault: (error: unknown) => void
}

/** What a command of a type is answered with. */
export type ResponseTo<C extends Command> = Extract<Response, { type: C['type'] }>

/** How many commands may wait; one more is refused with RESOURCE_EXHAUSTED. */
const queueLimit = 10_000
/** How many commands share one durable save at most. */
const batchLimit = 256
/** Milliseconds until it is tried again after a store failed or the clock's command got nowhere. */
const pauseAfterFault = 1_000

interface Work {
  readonly command: Command
  readonly poll?: Poll
  readonly awaited?: (response: ResponseTo<Command>) => void
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

/** What is done once the batch is durable, or cannot become so. */
interface Outcome {
  settle(): void
  fail(error: unknown): void
}

/**
 * The engine's one thread of events: commands go through the pure core one at a time, what a batch of them changed is
 * saved at once, and nobody is answered before it is durable. Memory is never ahead of the store for longer than a
 * batch: where a save fails, the callers of the batch get `unavailable` and the state is loaded again.
 */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #polls = new PollLines()
  readonly #results = new ResultWaiters()
  #queue: Work[] = []
  #state: State | undefined
  #loading: Promise<State> | undefined
  #running: Promise<void> | undefined
  #closed = false
  #wake: { due: number; cancel: () => void } | undefined
  #tickQueued = false
  #retry: NodeJS.Timeout | undefined
  readonly engineId: string

  private constructor(options: RuntimeOptions, state: State) {
    this.#options = options
    this.#state = state
    this.engineId = state.engineId
    this.#arm(state)
  }

  /** Loads the engine that the store holds, or makes a new one and saves it. */
  static async open(options: RuntimeOptions): Promise<Runtime> {
    const documents = await options.store.load()
    if (documents.size > 0) return new Runtime(options, await fromDocuments(documents))
    const state = emptyState(options.newEngineId())
    takeTouched(state)
    await options.store.save(toDocuments(state), 'Begin an engine')
    return new Runtime(options, state)
  }

  /** Resolves when what the command did is durable. Throws CommandRejected, or CommitbaseError `unavailable`. */
  execute<C extends Command>(command: C): Promise<ResponseTo<C>> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ command, resolve: resolve as (response: Response) => void, reject })
    })
  }

  /**
   * Creates an instance and resolves when it has completed. Where that takes longer than `timeout` milliseconds, or the
   * instance is cancelled, it throws `timedOut()` after that time, as the real engine does.
   */
  createWithResult(
    command: CreateProcessInstance,
    { timeout, signal, timedOut }: { timeout: number; signal: AbortSignal; timedOut: () => Error },
  ): Promise<FinishedInstance> {
    return new Promise((resolve, reject) => {
      const waiter = this.#results.open({ timeout, signal, timedOut, resolve, reject })
      const awaited = (response: Response): void => {
        if (response.type === 'CreateProcessInstance') this.#results.expect(response.processInstanceKey, waiter)
      }
      const failed = (error: unknown): void => {
        waiter.close()
        reject(error)
      }
      this.#enqueue({ command, awaited, resolve: () => {}, reject: failed })
    })
  }

  /**
   * Activates jobs; where there are none it waits up to `wait` milliseconds for the first (negative: not at all,
   * Infinity: until `signal` says so), in line with the others who want that type. Whoever aborts gets none.
   */
  poll(command: ActivateJobs, { wait, signal }: { wait: number; signal: AbortSignal }): Promise<ActivatedJob[]> {
    return new Promise((resolve, reject) => {
      const poll = this.#polls.open(command, { wait, signal, resolve, reject })
      this.#enqueue({ command, poll, resolve: () => {}, reject: (error) => poll.fail(error) })
    })
  }

  /** Open incidents, oldest first. */
  async incidents(): Promise<OpenIncident[]> {
    return incidents(await this.#load())
  }

  /** Whether commands can be executed, as far as is known. */
  get healthy(): boolean {
    return this.#state !== undefined && !this.#closed
  }

  /** Finishes what was accepted, sends those who wait away, and closes the store. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wake?.cancel()
    clearTimeout(this.#retry)
    await this.#running
    const stopping = new CommitbaseError('unavailable', 'the engine is stopping; try again when it is back')
    this.#polls.close(stopping)
    this.#results.close(stopping)
    await this.#options.store.close()
  }

  #enqueue(work: Work): void {
    if (this.#closed) {
      work.reject(new CommitbaseError('unavailable', 'the engine is stopping; try again when it is back'))
    } else if (this.#queue.length >= queueLimit) {
      const message = `the engine has ${queueLimit} commands waiting; try again later`
      work.reject(new CommandRejected({ code: 'RESOURCE_EXHAUSTED', message }))
    } else {
      this.#queue.push(work)
      this.#running ??= this.#run()
    }
  }

  async #run(): Promise<void> {
    // What arrives in the same turn shares the first batch.
    await Promise.resolve()
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, batchLimit))
    this.#running = undefined
  }

  async #commit(batch: Work[]): Promise<void> {
    const outcomes: Outcome[] = []
    let decided = 0
    try {
      const state = await this.#load()
      this.#polls.serveAll((poll) => this.#serve(state, poll, outcomes))
      for (const work of batch) {
        this.#process(state, work, outcomes)
        decided += 1
      }
      await this.#save(state, batch)
      for (const outcome of outcomes) outcome.settle()
      if (!this.#closed) this.#arm(state)
    } catch (error) {
      this.#fail(error, outcomes, batch.slice(decided))
    }
  }

  #process(state: State, work: Work, outcomes: Outcome[]): void {
    const decision = this.#decide(state, work, outcomes)
    if (decision === undefined) return
    const { poll } = work
    if (poll !== undefined && decision.response.type === 'ActivateJobs') {
      const { jobs } = decision.response
      if (jobs.length > 0 || poll.wait < 0) outcomes.push(this.#take(poll, jobs))
      else this.#polls.join(poll)
    } else {
      outcomes.push({ settle: () => this.#answer(work, decision), fail: work.reject })
    }
    for (const type of decision.availableJobTypes) this.#polls.serve(type, (poll) => this.#serve(state, poll, outcomes))
  }

  /** Undefined where the command was answered with its rejection, or failed and changed nothing. */
  #decide(state: State, work: Work, outcomes: Outcome[]): Accepted | undefined {
    const { command } = work
    if (work.poll?.closed) return undefined
    const decision = this.#tryToDecide(state, command)
    if ('failure' in decision) {
      this.#options.onFault(decision.failure)
      const message = `the engine failed on '${command.type}' and changed nothing: ${messageOf(decision.failure)}`
      work.reject(new CommitbaseError('internal', message, { cause: decision.failure }))
      if (command.type === 'Tick') this.#retryLater()
      return undefined
    }
    if ('rejection' in decision) {
      const rejected = new CommandRejected(decision.rejection, work.awaited !== undefined)
      // Durable first: a rejection may rest on what this very batch did.
      outcomes.push({ settle: () => work.reject(rejected), fail: work.reject })
      return undefined
    }
    for (const event of decision.events) evolve(state, event)
    if (command.type === 'Tick' && decision.events.length === 0) this.#checkTick(state)
    return decision
  }

  #tryToDecide(state: State, command: Command): ReturnType<typeof decide> | { failure: unknown } {
    try {
      return decide(state, command, this.#options.clock.now())
    } catch (failure) {
      return { failure }
    }
  }

  /** Gives a waiting poll its jobs; false where there are none left. */
  #serve(state: State, poll: Poll, outcomes: Outcome[]): boolean {
    const decision = decide(state, poll.command, this.#options.clock.now())
    if ('rejection' in decision || decision.response.type !== 'ActivateJobs') return false
    const { jobs } = decision.response
    if (jobs.length === 0) return false
    for (const event of decision.events) evolve(state, event)
    outcomes.push(this.#take(poll, jobs))
    return true
  }

  /** From here on the jobs are the poll's: neither its time nor its caller's leaving keeps it from getting them. */
  #take(poll: Poll, jobs: ActivatedJob[]): Outcome {
    this.#polls.take(poll)
    return { settle: () => poll.give(jobs), fail: (error) => poll.fail(error) }
  }

  #answer(work: Work, decision: Accepted): void {
    work.awaited?.(decision.response)
    work.resolve(decision.response)
    for (const instance of decision.finished) this.#results.finish(instance)
  }

  async #save(state: State, batch: readonly Work[]): Promise<void> {
    const changes = documentsAt(state, takeTouched(state))
    if (changes.size > 0) await this.#options.store.save(changes, subjectOf(batch.map((work) => work.command)))
  }

  /** What is in memory may be ahead of the store, or broken: it is forgotten, and everybody in the batch is told. */
  #fail(error: unknown, outcomes: readonly Outcome[], undecided: readonly Work[]): void {
    this.#state = undefined
    this.#polls.reconsider()
    this.#options.onFault(error)
    const message = `the engine could not make it durable: ${messageOf(error)}; try again`
    const unavailable = new CommitbaseError('unavailable', message, { cause: error })
    for (const outcome of outcomes) outcome.fail(unavailable)
    for (const work of undecided) work.reject(unavailable)
    this.#retryLater()
  }

  async #load(): Promise<State> {
    if (this.#state !== undefined) return this.#state
    this.#loading ??= this.#options.store
      .load()
      .then(fromDocuments)
      .finally(() => {
        this.#loading = undefined
      })
    const state = await this.#loading
    this.#state ??= state
    return this.#state
  }

  /** Wakes the engine when something is due. */
  #arm(state: State): void {
    const due = nextDue(state)
    if (this.#wake?.due === due) return
    this.#wake?.cancel()
    this.#wake = undefined
    if (due === undefined || this.#tickQueued || this.#retry !== undefined) return
    this.#wake = { due, cancel: this.#options.clock.at(due, () => this.#tick()) }
  }

  #tick(): void {
    this.#wake = undefined
    this.#tickQueued = true
    const done = (): void => {
      this.#tickQueued = false
    }
    this.#enqueue({ command: { type: 'Tick' }, resolve: done, reject: done })
  }

  /** Nothing came of the clock's command although something is due: asking again at once would never end. */
  #checkTick(state: State): void {
    const due = nextDue(state)
    if (due !== undefined && due <= this.#options.clock.now()) this.#retryLater()
  }

  #retryLater(): void {
    if (this.#closed || this.#retry !== undefined) return
    this.#wake?.cancel()
    this.#wake = undefined
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#tick()
    }, pauseAfterFault)
  }
}
