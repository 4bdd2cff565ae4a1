import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import { type Answer, Client, Refused } from './client.ts'
import { brokenInvariants } from './invariants.ts'
import { Normaliser, plain } from './normalise.ts'
import type { Resource, Scenario, Step } from './scenario.ts'
import type { Target } from './target.ts'
import { Watch } from './watch.ts'

/** What a scenario showed: lines of the record stream, and of what the client was answered. */
export interface Seen {
  readonly records: readonly string[]
  readonly answers: readonly string[]
  /** What does not hold though it does of every stream. */
  readonly broken: readonly string[]
}

/** Plays a scenario from its deployment to the last step, and waits until the engine has told all that came of it. */
export async function play(target: Target, scenario: Scenario): Promise<Seen> {
  const left = new AbortController()
  const watch = new Watch(target.records(left.signal))
  const player = new Player(new Client(target.address), target, watch)
  try {
    if (scenario.models !== undefined) await player.step({ deploy: scenario.models })
    for (const step of scenario.steps) await player.step(step)
    const records = await player.settled()
    if (target.shared) await player.clean(records)
    const normaliser = new Normaliser()
    const lines = records.flatMap((record) => normaliser.line(record) ?? [])
    return { records: lines, answers: player.answers, broken: brokenInvariants(records) }
  } finally {
    left.abort()
    await player.close()
  }
}

type StepOf<Name extends string> = Extract<Step, { readonly [K in Name]: unknown }>

class Player {
  readonly answers: string[] = []
  readonly #client: Client
  readonly #target: Target
  readonly #watch: Watch
  readonly #instances = new Map<string, unknown>()
  readonly #taken = new Map<string, Answer[]>()
  readonly #results: Promise<void>[] = []

  constructor(client: Client, target: Target, watch: Watch) {
    this.#client = client
    this.#target = target
    this.#watch = watch
  }

  async step(step: Step): Promise<void> {
    if ('deploy' in step) return this.#deploy(step.deploy)
    if ('start' in step) return this.#start(step)
    if ('take' in step) return this.#take(step)
    if ('complete' in step) return this.#complete(step)
    if ('fail' in step) return this.#fail(step)
    if ('throw' in step) return this.#throw(step)
    if ('retries' in step) {
      return this.#tell('UpdateJobRetries', { jobKey: await this.#job(step.retries), retries: step.to })
    }
    if ('timeout' in step) {
      return this.#tell('UpdateJobTimeout', { jobKey: await this.#job(step.timeout), timeout: step.to })
    }
    if ('publish' in step) return this.#publish(step)
    if ('signal' in step) {
      return this.#tell('BroadcastSignal', { signalName: step.signal, variables: text(step.variables) })
    }
    if ('clock' in step) return this.#advance(step.clock)
    if ('cancel' in step) {
      return this.#tell('CancelProcessInstance', { processInstanceKey: this.#instance(step.cancel) })
    }
    if ('resolve' in step) {
      return this.#tell('ResolveIncident', { incidentKey: (await this.#watch.incident(step.resolve)).key })
    }
    if ('set' in step) return this.#set(step)
    if ('evaluate' in step) return this.#evaluate(step)
    if ('modify' in step) return this.#modify(step)
    if ('migrate' in step) return this.#migrate(step)
    if ('delete' in step) {
      return this.#tell('DeleteResource', { resourceKey: await this.#watch.definition(step.delete) })
    }
    return this.#watch.until(step.until, step.times ?? 1)
  }

  /** All records until a message of our own has come by. */
  async settled(): Promise<readonly ZeebeRecord[]> {
    await Promise.all(this.#results)
    await this.#client.call('PublishMessage', { name: marker, correlationKey: '', timeToLive: 0, variables: '{}' })
    return this.#watch.before(marker)
  }

  /** Cancels what runs, deletes what was deployed, and lets messages expire. */
  async clean(records: readonly ZeebeRecord[]): Promise<void> {
    for (const processInstanceKey of runningInstances(records)) {
      await this.#quietly('CancelProcessInstance', { processInstanceKey })
    }
    for (const resourceKey of deployedResources(records)) await this.#quietly('DeleteResource', { resourceKey })
    await this.#target.advance(longestTimeToLive)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #deploy(models: readonly (string | Resource)[]): Promise<void> {
    const resources = models.map(named).map(({ name, content }) => ({ name, content: Buffer.from(content) }))
    await this.#tell('DeployResource', { resources })
  }

  async #start({ start, variables, version = -1, at = [], as = start, result, fetch = [] }: StepOf<'start'>) {
    const startInstructions = at.map((elementId) => ({ elementId }))
    const asked = version > 0 ? await this.#watch.version(start, version) : version
    const request = { bpmnProcessId: start, version: asked, variables: text(variables), startInstructions }
    if (!result) {
      const answer = await this.#ask('CreateProcessInstance', request)
      if (answer !== undefined) this.#instances.set(as, answer.processInstanceKey)
      return
    }
    const waits = this.#ask('CreateProcessInstanceWithResult', {
      request,
      requestTimeout: 10_000,
      fetchVariables: fetch,
    })
    this.#results.push(
      waits.then((answer) => {
        if (answer !== undefined) this.answers.push(`result ${start} ${canonical(answer.variables)}`)
      }),
    )
    await this.#watch.until(`creation ${start} CREATED`, 1)
  }

  async #take({ take, max = 1, fetch = [], timeout }: StepOf<'take'>): Promise<void> {
    const jobs = await this.#activate(take, max === 0 ? 1 : max, fetch, max === 0 ? -1 : patience, timeout)
    if (jobs.length === 0) this.answers.push(`no job ${take}`)
    for (const job of jobs) {
      const { elementId, retries, customHeaders, variables } = job
      const headers = canonical(customHeaders)
      this.answers.push(`job ${elementId} ${take} retries ${retries} ${headers} ${canonical(variables)}`)
    }
    this.#taken.set(take, [...(this.#taken.get(take) ?? []), ...jobs])
  }

  async #complete({ complete, variables }: StepOf<'complete'>): Promise<void> {
    await this.#tell('CompleteJob', { jobKey: await this.#job(complete, true), variables: text(variables) })
  }

  async #fail({ fail, retries, message = '', backoff = 0, variables }: StepOf<'fail'>): Promise<void> {
    const jobKey = await this.#job(fail, true)
    const request = { jobKey, retries, errorMessage: message, retryBackOff: backoff, variables: text(variables) }
    await this.#tell('FailJob', request)
  }

  async #throw({ throw: type, code, message = '', variables }: StepOf<'throw'>): Promise<void> {
    const jobKey = await this.#job(type, true)
    await this.#tell('ThrowError', { jobKey, errorCode: code, errorMessage: message, variables: text(variables) })
  }

  async #publish({ publish, key = '', variables, ttl = 0, id = '' }: StepOf<'publish'>): Promise<void> {
    const request = { name: publish, correlationKey: key, timeToLive: ttl, messageId: id, variables: text(variables) }
    await this.#tell('PublishMessage', request)
  }

  async #advance(milliseconds: number): Promise<void> {
    await this.#target.advance(milliseconds)
    this.answers.push(`clock +${milliseconds}`)
  }

  async #set({ set, in: element, local = false }: StepOf<'set'>): Promise<void> {
    const elementInstanceKey = await this.#watch.element(element)
    await this.#tell('SetVariables', { elementInstanceKey, variables: text(set), local })
  }

  async #evaluate({ evaluate, variables }: StepOf<'evaluate'>): Promise<void> {
    const answer = await this.#ask('EvaluateDecision', { decisionId: evaluate, variables: text(variables) })
    if (answer === undefined) return
    const { decisionOutput, failedDecisionId, failureMessage } = answer
    const failure = failedDecisionId === '' ? '' : ` failed at ${failedDecisionId}: ${plain(String(failureMessage))}`
    this.answers.push(`decision ${evaluate} ${decisionOutput}${failure}`)
  }

  async #modify({ modify, activate = [], terminate = [] }: StepOf<'modify'>): Promise<void> {
    const activateInstructions = await Promise.all(
      activate.map(async ({ element, in: ancestor, variables, scope = '' }) => ({
        elementId: element,
        ancestorElementInstanceKey: ancestor === undefined ? -1 : await this.#watch.element(ancestor),
        variableInstructions: variables === undefined ? [] : [{ variables: text(variables), scopeId: scope }],
      })),
    )
    const terminateInstructions = await Promise.all(
      terminate.map(async (element) => ({ elementInstanceKey: await this.#watch.element(element) })),
    )
    const processInstanceKey = this.#instance(modify)
    await this.#tell('ModifyProcessInstance', { processInstanceKey, activateInstructions, terminateInstructions })
  }

  async #migrate({ migrate, to, map }: StepOf<'migrate'>): Promise<void> {
    const mappingInstructions = Object.entries(map).map(([sourceElementId, targetElementId]) => ({
      sourceElementId,
      targetElementId,
    }))
    const targetProcessDefinitionKey = await this.#watch.definition(to)
    const migrationPlan = { targetProcessDefinitionKey, mappingInstructions }
    await this.#tell('MigrateProcessInstance', { processInstanceKey: this.#instance(migrate), migrationPlan })
  }

  #instance(name: string): unknown {
    const key = this.#instances.get(name)
    if (key === undefined) throw new Error(`no instance '${name}' was started`)
    return key
  }

  /** The key of the oldest job of a type that was taken; else of the next one, which is taken for it. */
  async #job(type: string, answers = false): Promise<unknown> {
    const taken = this.#taken.get(type) ?? []
    if (taken.length === 0) taken.push(...(await this.#activate(type, 1, [], patience)))
    this.#taken.set(type, taken)
    const job = answers ? taken.shift() : taken[0]
    if (job === undefined) throw new Error(`there is no job of type '${type}'`)
    return job.key
  }

  #activate(type: string, max: number, fetchVariable: readonly string[], requestTimeout: number, timeout = 3_600_000) {
    return this.#client.jobs({
      type,
      worker: 'scenario',
      timeout,
      maxJobsToActivate: max,
      fetchVariable,
      requestTimeout,
    })
  }

  /** What may be gone already. */
  async #quietly(name: string, request: object): Promise<void> {
    await this.#client.call(name, request).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error
    })
  }

  async #tell(name: string, request: object): Promise<void> {
    await this.#ask(name, request)
  }

  async #ask(name: string, request: object): Promise<Answer | undefined> {
    try {
      const answer = await this.#client.call(name, request)
      this.answers.push(`${name} ok`)
      return answer
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.answers.push(`${name} ${error.code}: ${plain(error.message)}`)
      return undefined
    }
  }
}

/** Milliseconds for a job to come. */
const patience = 3_000

/** Milliseconds: no scenario's message lives longer. */
const longestTimeToLive = 3_600_000

const marker = 'the scenario is over'

function named(model: string | Resource): Resource {
  if (typeof model !== 'string') return model
  return { name: `${/process id="([^"]*)"/.exec(model)?.[1]}.bpmn`, content: model }
}

function text(variables: object = {}): string {
  return JSON.stringify(variables)
}

function canonical(document: unknown): string {
  const value = JSON.parse(String(document)) as Record<string, unknown>
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function runningInstances(records: readonly ZeebeRecord[]): number[] {
  const roots = records.filter(
    ({ valueType, recordType, value }) =>
      valueType === 'PROCESS_INSTANCE' && recordType === 'EVENT' && value.bpmnElementType === 'PROCESS',
  )
  const ended = new Set(roots.filter(({ intent }) => /COMPLETED|TERMINATED/.test(intent)).map(({ key }) => key))
  return [...new Set(roots.map(({ key }) => key))].filter((key) => !ended.has(key))
}

function deployedResources(records: readonly ZeebeRecord[]): number[] {
  const kinds = ['PROCESS', 'DECISION_REQUIREMENTS', 'FORM']
  return records
    .filter(
      ({ valueType, recordType, intent }) =>
        kinds.includes(valueType) && recordType === 'EVENT' && intent === 'CREATED',
    )
    .map(({ key }) => key)
}
