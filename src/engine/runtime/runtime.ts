import { CommitbaseError, messageOf } from '../../errors.ts'
import { nextTurn } from '../../git/breath.ts'
import { step } from '../../step.ts'
import type {
  ActivatedJob,
  ActivateJobs,
  Command,
  CreateProcessInstance,
  FinishedInstance,
  Response,
} from '../command.ts'
import type { Key } from '../key.ts'
import type { Meter } from '../meter.ts'
import { RecordLog, type RecordOptions, type Records } from '../records/recordLog.ts'
import { documentsAt, fromDocuments, toDocuments } from '../state/documents.ts'
import type { OpenIncident } from '../state/rows.ts'
import { emptyState, incidents, nextDue, type State, takeTouched } from '../state/state.ts'
import type { EngineStore } from '../storage/store.ts'
import { Alarm } from './alarm.ts'
import { Batch, type Work } from './batch.ts'
import type { Clock } from './clock.ts'
import { CommandRejected } from './commandRejected.ts'
import { PollLines } from './pollLines.ts'
import { ResultWaiters } from './resultWaiters.ts'
import { subjectOf } from './subject.ts'

export interface RuntimeOptions {
  readonly store: EngineStore
  readonly clock: Clock
  /** Makes a new engine's UUID. */
  readonly newEngineId: () => string
  /** Is told what went wrong inside, beside the callers that get an error. */
  readonly onFault: (error: unknown) => void
  /** Makes records of all that happens; without, while somebody reads them. */
  readonly records?: RecordOptions
  readonly meter?: Meter
}

/** What a command of a type is answered with. */
export type ResponseTo<C extends Command> = Extract<Response, { type: C['type'] }>

export interface EngineLoad {
  readonly pendingIncidents: number
  readonly bufferedMessages: number
  /** Of the last record. */
  readonly position: number
  /** Polls that wait for jobs, by the jobs' type. */
  readonly queuedPolls: ReadonlyMap<string, number>
}

/** How many commands may wait; one more is refused with RESOURCE_EXHAUSTED. */
const queueLimit = 10_000
/** How many commands share one durable save at most. */
const batchLimit = 256

/**
 * The engine's one thread of events: commands go through the pure core one at a time, what a batch of them changed is
 * saved at once, and nobody is answered before it is durable. While a batch is saved the next one is decided: memory is
 * ahead of the store by two batches at most, and where a save fails, the callers of both get `unavailable` and the state is loaded again.
 */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #polls = new PollLines()
  readonly #results = new ResultWaiters()
  readonly #banned = new Set<Key>()
  #queue: Work[] = []
  #state: State | undefined
  #loading: Promise<State> | undefined
  /** What was decided and waits for the save that runs. */
  #next: Batch | undefined
  #deciding: Promise<void> | undefined
  #saving: Promise<void> | undefined
  #closed = false
  readonly #alarm: Alarm
  readonly engineId: string
  readonly #records: RecordLog

  private constructor(options: RuntimeOptions, state: State, records: RecordLog) {
    this.#options = options
    this.#state = state
    this.#records = records
    this.engineId = state.engineId
    this.#alarm = new Alarm(options.clock, () => this.#tick())
    this.#alarm.set(nextDue(state))
  }

  /** Loads the engine that the store holds, or makes a new one and saves it. */
  static async open(options: RuntimeOptions): Promise<Runtime> {
    const documents = await options.store.load()
    const state = documents.size > 0 ? await fromDocuments(documents) : await begin(options)
    return new Runtime(options, state, await RecordLog.open(options.records, state.position))
  }

  /** What happens, in the form of Zeebe's exports. */
  get records(): Records {
    return this.#records
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
      // As the real gateway: who asks for no job waits for nothing, and is not told what else is wrong with his request.
      if (command.maxJobsToActivate < 1 && wait < 0) poll.give([])
      else if (command.maxJobsToActivate > 0)
        this.#enqueue({ command, poll, resolve: () => {}, reject: (error) => poll.fail(error) })
    })
  }

  /** Open incidents, oldest first. */
  async incidents(): Promise<OpenIncident[]> {
    return incidents(await this.#load())
  }

  /** Does what is due by now, without waiting for the clock to say so: for who has moved it. */
  async catchUp(): Promise<void> {
    for (let happened = true; happened; ) {
      const due = nextDue(await this.#load(), this.#banned)
      happened =
        due !== undefined && due <= this.#options.clock.now() && (await this.execute({ type: 'Tick' })).happened
    }
  }

  /** Whether commands can be executed, as far as is known. */
  get healthy(): boolean {
    return this.#state !== undefined && !this.#closed
  }

  /** How much there is of what waits; nothing while it is not known. */
  get load(): EngineLoad {
    const { incidents, messages, position = 0 } = this.#state ?? {}
    const queuedPolls = this.#polls.waiting()
    return { pendingIncidents: incidents?.size ?? 0, bufferedMessages: messages?.size ?? 0, position, queuedPolls }
  }

  /** Finishes what was accepted, sends those who wait away, and closes the store. */
  async close(): Promise<void> {
    this.#closed = true
    this.#alarm.close()
    while (this.#deciding !== undefined || this.#saving !== undefined) await (this.#deciding ?? this.#saving)
    const stopping = new CommitbaseError('unavailable', 'the engine is stopping; try again when it is back')
    this.#polls.close(stopping)
    this.#results.close(stopping)
    await this.#records.close()
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
      this.#deciding ??= this.#decideSoon()
    }
  }

  /** What arrives in the same turn of the event loop is decided together. */
  async #decideSoon(): Promise<void> {
    await nextTurn()
    try {
      this.#decide(await this.#load())
      this.#saving ??= this.#saveAll()
    } catch (error) {
      this.#fail(error, this.#queue.splice(0))
    }
    this.#deciding = undefined
  }

  /** Decides what has come in, as much as a batch may hold. */
  #decide(state: State): void {
    const { clock, onFault, meter } = this.#options
    this.#next ??= new Batch(state, {
      clock,
      onFault,
      polls: this.#polls,
      results: this.#results,
      banned: this.#banned,
      isRecorded: () => this.#records.wanted,
      ...(meter && { meter }),
    })
    const works = this.#queue.splice(0, Math.max(0, batchLimit - this.#next.commands.length))
    try {
      this.#next.decide(works)
    } catch (error) {
      this.#fail(error, works)
    }
    step('engine.decided')
  }

  /** One save after the other, until all that was decided is durable. */
  async #saveAll(): Promise<void> {
    for (let batch = this.#takeNext(); batch !== undefined; batch = this.#takeNext()) {
      try {
        await this.#save(batch)
      } catch (error) {
        this.#fail(error, [], batch)
      }
      if (this.#queue.length > 0 && this.#state !== undefined) this.#decide(this.#state)
    }
    this.#saving = undefined
    if (this.#queue.length > 0) this.#deciding ??= this.#decideSoon()
  }

  #takeNext(): Batch | undefined {
    const batch = this.#next
    this.#next = undefined
    return batch
  }

  /** What changed is taken from memory at once: what is decided meanwhile is the next save's. */
  async #save(batch: Batch): Promise<void> {
    const { state, commands } = batch
    const changes = documentsAt(state, takeTouched(state))
    const records = await this.#records.prepare(batch.records)
    if (changes.size > 0) await this.#options.store.save(changes, subjectOf(commands))
    step('engine.saved')
    const published = this.#records.publish(records).catch(this.#options.onFault)
    batch.settle()
    await published
    if (batch.stuck) this.#alarm.pause()
    this.#alarm.set(nextDue(state, this.#banned))
  }

  /** What is in memory may be ahead of the store, or broken: it is forgotten, and everybody who waits for what was decided on it is told. */
  #fail(error: unknown, works: readonly Work[], saved?: Batch): void {
    this.#state = undefined
    this.#polls.reconsider()
    this.#options.onFault(error)
    const message = `the engine could not make it durable: ${messageOf(error)}; try again`
    const unavailable = new CommitbaseError('unavailable', message, { cause: error })
    for (const batch of [saved, this.#takeNext()]) batch?.fail(unavailable)
    for (const work of works) work.reject(unavailable)
    this.#alarm.pause()
  }

  /** What is being saved has to be in the store before it is read. */
  async #load(): Promise<State> {
    if (this.#state !== undefined) return this.#state
    await this.#saving
    this.#loading ??= this.#options.store
      .load()
      .then(fromDocuments)
      .then(async (state) => {
        await this.#records.recover(state.position)
        return state
      })
      .finally(() => {
        this.#loading = undefined
      })
    const state = await this.#loading
    this.#state ??= state
    return this.#state
  }

  #tick(): void {
    const done = (): void => this.#alarm.done()
    this.#enqueue({ command: { type: 'Tick' }, resolve: done, reject: done })
  }
}

async function begin({ store, newEngineId }: RuntimeOptions): Promise<State> {
  const state = emptyState(newEngineId())
  takeTouched(state)
  await store.save(toDocuments(state), 'Begin an engine')
  return state
}
