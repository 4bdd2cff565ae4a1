import assert from 'node:assert/strict'
import type { Accepted, ActivatedJob, Command, Decision, Key, Rejection, Variables } from '../command.ts'
import { compileResource } from '../compile/compileResource.ts'
import { execute } from '../decide.ts'
import type { EngineEvent } from '../event.ts'
import type { ZeebeRecord } from '../records/record.ts'
import { numbered } from '../records/recording.ts'
import { fromDocuments, toDocuments } from '../state/documents.ts'
import type { OpenIncident } from '../state/rows.ts'
import { emptyState, incidents, nextDue, type State } from '../state/state.ts'

/** An engine with a clock that only the test moves: `given(models)`, when a command is done, then look. */
export interface TestEngine {
  state: State
  now: number
  readonly events: EngineEvent[]
  /** All of what was done so far, but for what the engine asked itself to do. */
  readonly records: ZeebeRecord[]
  readonly followUps: ZeebeRecord[]
  readonly finished: Accepted['finished']
  do(command: Command): Accepted
  refused(command: Command): Rejection
  create(bpmnProcessId: string, variables?: Variables): Key
  /** Takes jobs of a type; all of them, unless a number is given. */
  jobs(type: string, max?: number): ActivatedJob[]
  job(type: string): ActivatedJob
  complete(job: ActivatedJob, variables?: Variables): Accepted
  publish(
    name: string,
    correlationKey: string,
    variables?: Variables,
    timeToLive?: number,
    messageId?: string,
  ): Accepted
  /** Moves the clock, and lets come due what is due. */
  advance(milliseconds: number): Accepted
  incident(): OpenIncident
  incidents(): OpenIncident[]
  /** What the elements did so far: `a ACTIVATED`, in order; only of this element if one is named. */
  lived(elementId?: string): string[]
  /** Element ids that run now. */
  running(): string[]
  /** The variables of the scope of the first running instance of an element, or of a process instance. */
  variables(elementIdOrKey: string | Key): Variables
  /** Stores all documents as JSON and loads them into a new state. */
  restart(): Promise<void>
}

/** Deploys the models, each as a file of its own. */
export async function given(...models: string[]): Promise<TestEngine> {
  const engine = startEngine()
  if (models.length > 0) await deploy(engine, ...models)
  return engine
}

export async function deploy(engine: TestEngine, ...models: string[]): Promise<Accepted> {
  const named = models.map((content) => ({ name: `${/process id="([^"]*)"/.exec(content)?.[1]}.bpmn`, content }))
  return engine.do({ type: 'DeployResource', resources: await Promise.all(named.map(compileResource)) })
}

/** Deploys files by name. */
export async function deployFiles(engine: TestEngine, files: Record<string, string>): Promise<Deployed> {
  const resources = await compileFiles(files)
  const { response } = engine.do({ type: 'DeployResource', resources })
  assert.ok(response.type === 'DeployResource')
  return response
}

/** Why files are not deployed. */
export async function refusedFiles(engine: TestEngine, files: Record<string, string>): Promise<string> {
  return engine.refused({ type: 'DeployResource', resources: await compileFiles(files) }).message
}

type Deployed = Extract<Accepted['response'], { type: 'DeployResource' }>

function compileFiles(files: Record<string, string>) {
  return Promise.all(Object.entries(files).map(([name, content]) => compileResource({ name, content })))
}

function startEngine(): TestEngine {
  const engine: TestEngine = {
    state: emptyState('00000000-0000-0000-0000-000000000000'),
    now: Date.UTC(2026, 0, 1),
    events: [],
    records: [],
    followUps: [],
    finished: [],
    do(command) {
      const decision = decideOn(engine, command)
      if ('rejection' in decision) assert.fail(decision.rejection.message)
      for (const event of decision.events) engine.events.push(event)
      engine.finished.push(...decision.finished)
      return decision
    },
    refused(command) {
      const decision = decideOn(engine, command)
      assert.ok('rejection' in decision, `${command.type} was accepted`)
      return decision.rejection
    },
    create(bpmnProcessId, variables = {}) {
      const { response } = engine.do({ type: 'CreateProcessInstance', bpmnProcessId, variables })
      assert.ok(response.type === 'CreateProcessInstance')
      return response.processInstanceKey
    },
    jobs(jobType, maxJobsToActivate = 1000) {
      const { response } = engine.do({
        type: 'ActivateJobs',
        jobType,
        worker: 'test',
        timeout: 60_000,
        maxJobsToActivate,
        fetchVariables: [],
      })
      assert.ok(response.type === 'ActivateJobs')
      return response.jobs
    },
    job(type) {
      const [job] = engine.jobs(type, 1)
      assert.ok(job, `there is no job of type '${type}'`)
      return job
    },
    complete: (job, variables = {}) => engine.do({ type: 'CompleteJob', jobKey: job.key, variables }),
    publish: (name, correlationKey, variables = {}, timeToLive = 0, messageId = '') =>
      engine.do({ type: 'PublishMessage', name, correlationKey, variables, timeToLive, messageId }),
    advance(milliseconds) {
      engine.now += milliseconds
      return engine.do({ type: 'Tick' })
    },
    incident() {
      const open = engine.incidents()
      assert.equal(open.length, 1, `open incidents: ${JSON.stringify(open)}`)
      return open[0]!
    },
    incidents: () => incidents(engine.state),
    lived: (elementId) => livesOf(engine.events, elementId),
    running: () => [...engine.state.elements.values()].filter((e) => e.scopeKey !== -1).map((e) => e.elementId),
    variables(which) {
      const instance = [...engine.state.elements.values()].find((e) => e.key === which || e.elementId === which)
      assert.ok(instance, `'${which}' does not run`)
      return engine.state.scopes.get(instance.key)!.values
    },
    async restart() {
      const stored = JSON.stringify([...toDocuments(engine.state)])
      engine.state = await fromDocuments(new Map(JSON.parse(stored) as [string, unknown][]))
      assert.equal(JSON.stringify([...toDocuments(engine.state)].sort()), JSON.stringify(JSON.parse(stored).sort()))
      nextDue(engine.state)
    },
  }
  return engine
}

function decideOn(engine: TestEngine, command: Command): Decision {
  const decision = execute(engine.state, command, engine.now, { recorded: true })
  if (decision.records !== undefined) {
    for (const [index, record] of numbered(engine.state, decision.records).entries()) {
      const isFollowUp = record.recordType === 'COMMAND' && (index > 0 || command.type === 'Tick')
      ;(isFollowUp ? engine.followUps : engine.records).push(record)
    }
  }
  return decision
}

function livesOf(events: readonly EngineEvent[], elementId?: string): string[] {
  const ids = new Map<Key, string>()
  return events.flatMap((event) => {
    if (event.type === 'ELEMENT_ACTIVATING') ids.set(event.key, event.element.elementId)
    if (!event.type.startsWith('ELEMENT_')) return []
    const id = ids.get(event.key)!
    return elementId === undefined || elementId === id ? [`${id} ${event.type.slice('ELEMENT_'.length)}`] : []
  })
}
