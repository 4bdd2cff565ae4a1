import { CommitbaseError } from '../../errors.ts'
import type { ActivatedJob, Command, FinishedInstance, Response } from '../command.ts'
import { compileResource } from '../compile/compileResource.ts'
import { execute } from '../decide.ts'
import { emptyState, nextDue, type State } from '../state/state.ts'

/** A file that is deployed. */
export interface ModelFile {
  readonly name: string
  readonly content: string
}

/** What an element did, when: `at` in milliseconds since the epoch. */
export interface Lived {
  readonly elementId: string
  readonly state: 'ACTIVATED' | 'COMPLETED' | 'TERMINATED'
  readonly at: number
}

/** An engine without a server or a store, whose clock moves only when it is told to. Starts on 2026-01-01T00:00:00Z unless told otherwise. */
export class World {
  readonly state: State = emptyState('00000000-0000-4000-8000-000000000000')
  readonly lived: Lived[] = []
  readonly finished: FinishedInstance[] = []
  readonly #elementIds = new Map<number, string>()
  #now: number

  constructor(now: number = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  /** Throws `invalid` with what is wrong with the files. */
  async deploy(files: readonly ModelFile[]): Promise<void> {
    this.do({ type: 'DeployResource', resources: await Promise.all(files.map((file) => compileResource(file))) })
  }

  /** Throws `invalid`, in the words in which the engine would refuse the command. */
  do<C extends Command>(command: C): Extract<Response, { type: C['type'] }> {
    const decision = execute(this.state, command, this.#now)
    if ('rejection' in decision) throw new CommitbaseError('invalid', decision.rejection.message)
    for (const event of decision.events) {
      if (event.type === 'ELEMENT_ACTIVATING') this.#elementIds.set(event.key, event.element.elementId)
      const state = lifeOf(event.type)
      if (state !== undefined) this.lived.push({ elementId: this.#elementIds.get(event.key)!, state, at: this.#now })
    }
    this.finished.push(...decision.finished)
    return decision.response as Extract<Response, { type: C['type'] }>
  }

  /** Takes the oldest job of a type. Throws `not_found` where there is none, with the types of those that wait. */
  takeJob(type: string): ActivatedJob {
    const timeout = 365 * 24 * 3_600_000
    const [job] = this.do({
      type: 'ActivateJobs',
      jobType: type,
      worker: 'test',
      timeout,
      maxJobsToActivate: 1,
      fetchVariables: [],
    }).jobs
    if (job !== undefined) return job
    const waiting = new Set([...this.state.jobs.values()].map((one) => one.type))
    const others = waiting.size === 0 ? 'no job waits' : `jobs wait of type ${[...waiting].join(', ')}`
    throw new CommitbaseError('not_found', `no job of type '${type}' waits; ${others}`)
  }

  /** Moves the clock to an instant: what comes due until then happens in its order, each at its own instant. */
  moveTo(instant: number): void {
    for (let due = nextDue(this.state); due !== undefined && due <= instant; due = nextDue(this.state)) {
      this.#now = Math.max(this.#now, due)
      this.do({ type: 'Tick' })
    }
    this.#now = Math.max(this.#now, instant)
  }
}

function lifeOf(type: string): Lived['state'] | undefined {
  if (type === 'ELEMENT_ACTIVATED') return 'ACTIVATED'
  if (type === 'ELEMENT_COMPLETED') return 'COMPLETED'
  return type === 'ELEMENT_TERMINATED' ? 'TERMINATED' : undefined
}
