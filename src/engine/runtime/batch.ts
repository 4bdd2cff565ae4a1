import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Accepted, ActivatedJob, Command, Decision, Response } from '../command.ts'
import { execute } from '../decide.ts'
import { InstanceFailed } from '../instanceFailed.ts'
import type { Key } from '../key.ts'
import type { Meter } from '../meter.ts'
import { failureRecords } from '../records/error.ts'
import type { ZeebeRecord } from '../records/record.ts'
import { numbered } from '../records/recording.ts'
import { nextDue, type State } from '../state/state.ts'
import type { Clock } from './clock.ts'
import { CommandRejected } from './commandRejected.ts'
import type { Poll, PollLines } from './pollLines.ts'
import type { ResultWaiters } from './resultWaiters.ts'

/** A command and who waits for it. */
export interface Work {
  readonly command: Command
  /** Of ActivateJobs: the call that may wait for jobs. */
  readonly poll?: Poll
  /** Of a creation whose result is awaited: is told which instance it is. */
  readonly awaited?: (response: Response) => void
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

interface BatchOptions {
  readonly clock: Clock
  readonly polls: PollLines
  readonly results: ResultWaiters
  /** Whether somebody wants records. */
  readonly isRecorded: () => boolean
  /** Owners of what the engine failed at when it was due: their other things stay due until the engine is started again. */
  readonly banned: Set<Key>
  readonly meter?: Meter
  readonly onFault: (error: unknown) => void
}

/** What is done once the batch is durable, or cannot become so. */
interface Outcome {
  settle(): void
  fail(error: unknown): void
}

/** Commands that become durable together: decided one after the other as they come, answered when they are durable. */
export class Batch {
  readonly state: State
  readonly #options: BatchOptions
  readonly #outcomes: Outcome[] = []
  readonly #commands: Command[] = []
  readonly #durable: ((commands: number) => void) | undefined
  /** Of what was decided, in order. */
  readonly records: ZeebeRecord[] = []
  /** The clock's command got nowhere although something is due: asking again at once would never end. */
  stuck = false

  constructor(state: State, options: BatchOptions) {
    this.state = state
    this.#options = options
    this.#durable = options.meter?.deciding()
  }

  /** The commands that were decided. */
  get commands(): readonly Command[] {
    return this.#commands
  }

  decide(works: readonly Work[]): void {
    this.#options.polls.serveAll((poll) => this.#serve(poll))
    for (const work of works) {
      this.#commands.push(work.command)
      this.#process(work)
    }
  }

  settle(): void {
    this.#durable?.(this.#commands.length)
    for (const outcome of this.#outcomes) outcome.settle()
  }

  /** Tells those who were to be answered. Polls that found nothing wait on. */
  fail(error: unknown): void {
    for (const outcome of this.#outcomes) outcome.fail(error)
  }

  #process(work: Work): void {
    if (work.poll?.closed) return
    const decision = this.#decide(work)
    if (decision === undefined) return
    if (work.poll !== undefined && decision.response.type === 'ActivateJobs') {
      this.#answerPoll(work.poll, decision.response.jobs)
    } else {
      this.#outcomes.push({ settle: () => this.#answer(work, decision), fail: work.reject })
    }
    for (const type of decision.availableJobTypes) this.#options.polls.serve(type, (poll) => this.#serve(poll))
  }

  /** Undefined where the command was rejected, or failed and changed nothing. */
  #decide({ command, awaited, resolve, reject }: Work): Accepted | undefined {
    const decision = this.#execute(command)
    if ('failure' in decision) {
      if (decision.failure instanceof InstanceFailed) return this.#ban(decision.failure, resolve)
      if (command.type === 'Tick') this.stuck = true
      reject(failureOf(command, decision.failure))
      return undefined
    }
    if ('rejection' in decision) {
      if (command.type === 'Tick') this.stuck = true
      const rejected = new CommandRejected(decision.rejection, awaited !== undefined)
      // Durable first: a rejection may rest on what this very batch did.
      this.#outcomes.push({ settle: () => reject(rejected), fail: reject })
      return undefined
    }
    if (command.type === 'Tick' && decision.events.length === 0) this.stuck = this.#isDue()
    return decision
  }

  /** All that was due was taken back: it has to be asked for again, without whose it was. */
  #ban({ processInstanceKey }: InstanceFailed, resolve: Work['resolve']): undefined {
    this.#options.banned.add(processInstanceKey)
    resolve({ type: 'Tick', happened: true })
  }

  #execute(asked: Command): Decision | { failure: unknown } {
    const { clock, isRecorded, banned, meter, onFault } = this.#options
    const command = asked.type === 'Tick' ? { ...asked, banned } : asked
    const now = clock.now()
    try {
      const decision = execute(this.state, command, now, { recorded: isRecorded(), ...(meter && { meter }) })
      this.#record(decision)
      return decision
    } catch (failure) {
      onFault(failure)
      if (isRecorded()) this.#record({ records: failureRecords(this.state, command, now, failure) })
      return { failure }
    }
  }

  #record({ records }: Pick<Decision, 'records'>): void {
    if (records === undefined) return
    for (const record of numbered(this.state, records)) this.records.push(record)
  }

  #answerPoll(poll: Poll, jobs: ActivatedJob[]): void {
    if (jobs.length > 0 || poll.wait < 0) this.#take(poll, jobs)
    else this.#options.polls.join(poll)
  }

  /** Gives a waiting poll its jobs; false where there are none left. */
  #serve(poll: Poll): boolean {
    const decision = this.#execute(poll.command)
    if (!('events' in decision) || decision.response.type !== 'ActivateJobs') return false
    const { jobs } = decision.response
    if (jobs.length === 0) return false
    this.#take(poll, jobs)
    return true
  }

  /** From here on the jobs are the poll's: neither its time nor its caller's leaving keeps it from getting them. */
  #take(poll: Poll, jobs: ActivatedJob[]): void {
    this.#options.polls.take(poll)
    this.#outcomes.push({ settle: () => poll.give(jobs), fail: (error) => poll.fail(error) })
  }

  #answer(work: Work, { response, finished }: Accepted): void {
    work.awaited?.(response)
    work.resolve(response)
    for (const instance of finished) this.#options.results.finish(instance)
  }

  #isDue(): boolean {
    const due = nextDue(this.state, this.#options.banned)
    return due !== undefined && due <= this.#options.clock.now()
  }
}

function failureOf({ type }: Command, failure: unknown): CommitbaseError {
  const message = `the engine failed on '${type}' and changed nothing: ${messageOf(failure)}`
  return new CommitbaseError('internal', message, { cause: failure })
}
