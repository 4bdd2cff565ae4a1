import { status as grpcStatus } from '@grpc/grpc-js'
import type { Engine } from '../../src/zeebe/connect.ts'

/** What is written down where a scenario could not be played to its end. */
export const broken = 'the scenario broke'

export type Scenario = (player: Player) => Promise<void>

/** Plays a scenario; gives what a client saw, a line a call. What it started is cancelled after. */
export async function play(engine: Engine, mark: string, scenario: Scenario): Promise<string[]> {
  const player = new Player(engine, mark)
  try {
    await scenario(player)
  } catch (error) {
    player.note(`${broken}: ${(error as Error).message}`)
  }
  await player.cancelAll()
  return player.seen
}

export interface Job {
  key: string
  elementId: string
  elementInstanceKey: string
  processInstanceKey: string
  customHeaders: string
  variables: string
}

type Answer = Record<string, unknown>
type Call = Exclude<keyof Engine['gateway'], 'activateJobsStream'>

/** A client of one engine. Every call is written down, its keys by the order of their first appearance. */
export class Player {
  readonly seen: string[] = []
  readonly #engine: Engine
  readonly #mark: string
  readonly #keys = new Map<string, string>()
  readonly #instances = new Set<string>()

  constructor(engine: Engine, mark: string) {
    this.#engine = engine
    this.#mark = mark
  }

  /** A name of this run alone: for processes, job types and correlation keys. */
  own(name: string): string {
    return `${name}_${this.#mark}`
  }

  note(text: string): void {
    this.seen.push(this.#plain(text))
  }

  /** A call and its answer; undefined where it was refused. */
  async call(name: Call, request: Answer, label: string = name.replace(/Sync$/, '')): Promise<Answer | undefined> {
    try {
      const answer = (await this.#engine.gateway[name](request)) as Answer
      this.note(`${label} → ${show(answer)}`)
      return answer
    } catch (error) {
      const { code, details, message } = error as { code?: number; details?: string; message: string }
      this.note(`${label} → ${code}: ${details ?? message}`)
      return undefined
    }
  }

  /** A call that is not written down; whether it was accepted. */
  async quietly(name: Call, request: Answer): Promise<boolean> {
    return this.#engine.gateway[name](request).then(
      () => true,
      () => false,
    )
  }

  /** The first job of a type, not written down; undefined where none comes. */
  async firstJob(type: string, fetchVariable: string[]): Promise<Job | undefined> {
    const [job] = await this.#activate(type, 1, { fetchVariable, requestTimeout: '250' })
    if (job !== undefined) this.#instances.add(job.processInstanceKey)
    return job
  }

  async deploy(...models: string[]): Promise<void> {
    const resources = models.map((xml, index) => ({ name: `model-${index}.bpmn`, content: Buffer.from(xml) }))
    await this.call('deployResourceSync', { resources }, 'deploy')
  }

  async create(process: string, variables: object = {}): Promise<string> {
    const request = { bpmnProcessId: process, version: -1, variables: JSON.stringify(variables) }
    const answer = await this.call('createProcessInstanceSync', request, `create ${process} ${show(variables)}`)
    const key = String(answer?.processInstanceKey)
    if (answer !== undefined) this.#instances.add(key)
    return key
  }

  /** Creates an instance and goes on; the promise gives what came of it, written down when it is awaited. */
  createWithResult(process: string, variables: object = {}, more: object = {}): () => Promise<void> {
    const request = { bpmnProcessId: process, version: -1, variables: JSON.stringify(variables) }
    const answer = this.#engine.gateway
      .createProcessInstanceWithResultSync({ request, requestTimeout: '8000', ...more })
      .then(
        (value) => show({ ...(value as Answer), variables: sorted((value as Answer).variables) }),
        (error) => refusal(error),
      )
    return async () => this.note(`result of ${process} → ${await answer}`)
  }

  /** Up to `count` jobs, in the order of their elements and variables; waits for the first. */
  async jobs(type: string, count = 1, more: object = {}): Promise<Job[]> {
    const jobs: Job[] = []
    while (jobs.length < count) {
      const taken = await this.#activate(type, count - jobs.length, more)
      if (taken.length === 0) break
      jobs.push(...taken)
    }
    const ordered = jobs.sort((a, b) => (order(a) < order(b) ? -1 : 1))
    for (const job of ordered)
      this.note(
        `job of ${type}: ${show({ ...job, deadline: 'then', customHeaders: sorted(job.customHeaders), variables: sorted(job.variables) })}`,
      )
    if (ordered.length === 0) this.note(`no job of ${type}`)
    return ordered
  }

  async complete(job: Job | undefined, variables: object = {}): Promise<void> {
    const request = { jobKey: job?.key ?? '0', variables: JSON.stringify(variables) }
    await this.call('completeJobSync', request, `complete ${job?.elementId} ${show(variables)}`)
  }

  async publish(name: string, correlationKey: string, variables: object = {}, more: object = {}): Promise<void> {
    const request = {
      name,
      correlationKey,
      timeToLive: '60000',
      messageId: '',
      variables: JSON.stringify(variables),
      ...more,
    }
    await this.call('publishMessageSync', request, `publish ${name} ${correlationKey} ${show(variables)} ${show(more)}`)
  }

  /** No call tells an incident's key: it is looked for among the keys after the job's. */
  async resolveIncidentAfter(job: Job): Promise<void> {
    for (let n = 1n; n <= 40n; n += 1n) {
      const incidentKey = String(BigInt(job.key) + n)
      try {
        await this.#engine.gateway.resolveIncidentSync({ incidentKey })
        return this.note(`resolved the incident of ${job.elementId}`)
      } catch (error) {
        if ((error as { code?: number }).code !== 5) return this.note(`resolve → ${(error as Error).message}`)
      }
    }
    this.note(`no incident of ${job.elementId}`)
  }

  async cancelAll(): Promise<void> {
    for (const processInstanceKey of this.#instances) {
      await this.#engine.gateway.cancelProcessInstanceSync({ processInstanceKey }).catch(() => {})
    }
  }

  async #activate(type: string, maxJobsToActivate: number, more: object): Promise<Job[]> {
    const request = { type, worker: 'player', timeout: '60000', maxJobsToActivate, requestTimeout: '2500', ...more }
    const stream = await this.#engine.gateway.activateJobsStream(request)
    if (stream === undefined || 'error' in stream) throw new Error('no stream of jobs')
    const jobs: Job[] = []
    return new Promise((resolve) => {
      stream.on('data', (reply: { jobs: Job[] }) => jobs.push(...reply.jobs))
      stream.on('end', () => resolve(jobs))
      stream.on('error', (error: { code?: number; details?: string }) => {
        this.note(`jobs of ${type} → ${error.code}: ${error.details}`)
        resolve(jobs)
      })
    })
  }

  #plain(text: string): string {
    const words = text.replaceAll('\n', ' ⏎ ').replaceAll(`_${this.#mark}`, '')
    return words.replace(/\b2251799813\d{6}\b/g, (key) => {
      if (!this.#keys.has(key)) this.#keys.set(key, `#${this.#keys.size + 1}`)
      return this.#keys.get(key)!
    })
  }
}

function show(value: unknown): string {
  return JSON.stringify(value)
}

/** What JSON text holds, names in order: the real engine's come as its hash tables have them. */
function sorted(text: unknown): unknown {
  return typeof text === 'string' ? inOrder(JSON.parse(text)) : text
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]))
}

function order(job: Job): string {
  return `${job.elementId} ${job.variables.length} ${job.variables}`
}

/** A gateway that waited in vain says DEADLINE_EXCEEDED, or ABORTED when it closed the connection to its broker meanwhile. */
function refusal({ code, details, message }: { code?: number; details?: string; message: string }): string {
  const waited = code === grpcStatus.DEADLINE_EXCEEDED || code === grpcStatus.ABORTED
  return waited ? 'none in time' : `${code}: ${details ?? message}`
}
