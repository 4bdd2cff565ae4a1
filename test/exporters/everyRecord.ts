import { decision, model as dmn, literal, table } from '../../src/dmn/testing/dmn.ts'
import { failureRecords } from '../../src/engine/records/error.ts'
import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import { numbered } from '../../src/engine/records/recording.ts'
import {
  businessRuleTask,
  callActivity,
  compensating,
  compensationBoundary,
  compensationThrow,
  end,
  errorBoundary,
  escalationBoundary,
  escalationEnd,
  flow,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  parallel,
  receiveTask,
  scriptTask,
  serviceTask,
  signalCatch,
  signalStart,
  signalThrow,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
  userTask,
} from '../../src/engine/testing/bpmn.ts'
import { deployFiles, given, type TestEngine } from '../../src/engine/testing/engine.ts'

/** The records of an engine in which everything happens that it has a record of. */
export async function everyRecord(): Promise<ZeebeRecord[]> {
  const engine = await given(...models)
  jobs(engine)
  messages(engine)
  timers(engine)
  scopes(engine)
  await decisions(engine)
  thrown(engine)
  userTasks(engine)
  changes(engine)
  refusals(engine)
  return [...engine.records, ...engine.followUps, ...defect(engine)]
}

function defect({ state, now }: TestEngine): ZeebeRecord[] {
  const command = { type: 'CompleteJob', jobKey: 1, variables: {} } as const
  return numbered(state, failureRecords(state, command, now, new Error('a defect')))
}

const models = [
  model(
    'jobs',
    start(),
    serviceTask('a'),
    errorBoundary('caught', 'a', 'E'),
    end(),
    end('late'),
    flow('start -> a -> end'),
    flow('caught -> late'),
  ),
  model(
    'messages',
    messageStart('begin', 'BEGIN'),
    messageCatch('m', 'M', '="k"'),
    receiveTask('r', 'R', '="k"'),
    messageBoundary('b', 'r', 'B', '="k"', { interrupting: false }),
    end(),
    end('extra'),
    flow('begin -> m -> r -> end'),
    flow('b -> extra'),
  ),
  model(
    'timers',
    start(),
    timerCatch('t', { duration: 'PT1M' }),
    serviceTask('wait'),
    timerBoundary('again', 'wait', { cycle: 'R2/PT1M' }, { interrupting: false }),
    end(),
    end('ticked'),
    flow('start -> t -> wait -> end'),
    flow('again -> ticked'),
  ),
  model(
    'decisions',
    start(),
    businessRuleTask('decide', 'price', 'cost'),
    scriptTask('script', '=cost + 1', 'more'),
    end(),
    flow('start -> decide -> script -> end'),
  ),
  model(
    'thrown',
    start(),
    signalThrow('shout', 'S'),
    subProcess('inner', {}, start('go'), escalationEnd('up', 'UP'), flow('go -> up')),
    escalationBoundary('caught', 'inner', 'UP'),
    serviceTask('book'),
    compensationBoundary('undone', 'book', 'cancel'),
    compensating(serviceTask('cancel')),
    compensationThrow('undo'),
    end(),
    flow('start -> shout -> inner -> end'),
    flow('caught -> book -> undo -> end'),
  ),
  model('heard', signalStart('begin', 'S'), signalCatch('again', 'T'), end(), flow('begin -> again -> end')),
  model('failing', start(), scriptTask('script', '=assert(x, x != null)', 'y'), end(), flow('start -> script -> end')),
  model('calling', start(), callActivity('call', 'failing'), end(), flow('start -> call -> end')),
  model('asking', start(), userTask('ask', { native: true, assignee: 'ada' }), end(), flow('start -> ask -> end')),
  model(
    'scopes',
    start(),
    parallel('fork'),
    subProcess(
      'many',
      { multi: { in: '=[1, 2]', as: 'item', out: 'results', element: '=item' } },
      start('in'),
      serviceTask('each'),
      end('out'),
      flow('in -> each -> out'),
    ),
    serviceTask('other'),
    parallel('join'),
    end(),
    flow('start -> fork -> many -> join -> end'),
    flow('fork -> other -> join'),
  ),
]

function jobs(engine: TestEngine): void {
  const failing = { errorMessage: 'no', variables: { why: null } }
  engine.create('jobs', { text: 'é', list: [1, { a: true }], none: null })
  const { key: jobKey } = engine.job('a')
  engine.do({ type: 'FailJob', jobKey, retries: 1, retryBackOff: 1_000, ...failing, operationReference: 7 })
  engine.advance(1_000)
  engine.job('a')
  engine.do({ type: 'UpdateJobTimeout', jobKey, timeout: 30_000 })
  engine.do({ type: 'UpdateJob', jobKey, retries: 1, timeout: 30_000 })
  engine.advance(60_000)
  engine.job('a')
  engine.do({ type: 'FailJob', jobKey, retries: 0, retryBackOff: 0, ...failing })
  engine.do({ type: 'UpdateJobRetries', jobKey, retries: 3 })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  engine.do({ type: 'ThrowError', jobKey: engine.job('a').key, errorCode: 'E', errorMessage: '', variables: { v: 1 } })
  engine.create('jobs')
  engine.do({ type: 'ThrowError', jobKey: engine.job('a').key, errorCode: 'X', errorMessage: '', variables: {} })
  const processInstanceKey = engine.create('jobs')
  engine.do({ type: 'SetVariables', elementInstanceKey: processInstanceKey, variables: { x: 1 }, local: true })
  engine.do({ type: 'SetVariables', elementInstanceKey: processInstanceKey, variables: { x: 2 }, local: false })
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
}

function messages(engine: TestEngine): void {
  engine.publish('BEGIN', 'k', { v: 1 })
  engine.publish('M', 'k', { got: true }, 60_000, 'an id')
  engine.publish('B', 'k')
  engine.publish('R', 'k')
  engine.publish('M', 'nobody', {}, 1_000)
  engine.advance(60_000)
}

function timers(engine: TestEngine): void {
  engine.create('timers')
  engine.advance(60_000)
  engine.advance(60_000)
  engine.complete(engine.job('wait'))
}

function scopes(engine: TestEngine): void {
  engine.create('scopes')
  engine.complete(engine.job('other'))
  for (const job of engine.jobs('each')) engine.complete(job)
}

async function decisions(engine: TestEngine): Promise<void> {
  const rules = dmn(
    decision('price', table(['weight'], [['> 0', 'weight * 2']]), { versionTag: 'v1' }),
    decision('total', literal('assert(price, price < 10)'), { requires: ['price'] }),
  )
  const files = { 'rules.dmn': rules, 'a.form': '{"id": "a", "versionTag": "v2"}' }
  const deployed = await deployFiles(engine, files)
  await deployFiles(engine, files)
  const evaluate = { type: 'EvaluateDecision', decisionId: 'total', decisionKey: -1 } as const
  for (const weight of [1, 100]) engine.do({ ...evaluate, variables: { weight } })
  engine.create('decisions', { weight: 2 })
  engine.refused({ ...evaluate, decisionId: 'nobody', variables: {} })
  for (const { key: resourceKey } of [...deployed.decisionRequirements, ...deployed.forms])
    engine.do({ type: 'DeleteResource', resourceKey })
  const { key: resourceKey } = engine.state.processes.in('byId', 'decisions').at(-1)!
  engine.do({ type: 'DeleteResource', resourceKey })
  engine.refused({ type: 'DeleteResource', resourceKey })
}

function thrown(engine: TestEngine): void {
  engine.create('thrown')
  engine.complete(engine.job('book'), { booked: 7 })
  engine.complete(engine.job('cancel'))
  engine.do({ type: 'BroadcastSignal', signalName: 'T', variables: { loud: true } })
}

function userTasks(engine: TestEngine): void {
  const userTaskKey = () => engine.records.findLast(({ valueType }) => valueType === 'USER_TASK')!.key
  engine.create('asking')
  engine.do({ type: 'AssignUserTask', userTaskKey: userTaskKey(), assignee: 'bob', action: '', allowOverride: true })
  const changes = { candidateGroups: ['all'], dueDate: '2030-01-01T00:00:00Z' }
  engine.do({ type: 'UpdateUserTask', userTaskKey: userTaskKey(), changes, action: 'later' })
  engine.do({ type: 'CompleteUserTask', userTaskKey: userTaskKey(), variables: { yes: true }, action: '' })
  const processInstanceKey = engine.create('asking')
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
}

function changes(engine: TestEngine): void {
  engine.create('calling')
  const processInstanceKey = engine.create('jobs')
  const elementInstanceKey = engine.records.findLast(({ value }) => value.elementId === 'a')!.key
  const variableInstructions = [{ scopeId: '', variables: { m: 1 } }]
  engine.do({
    type: 'ModifyProcessInstance',
    processInstanceKey,
    activateInstructions: [{ elementId: 'a', variableInstructions }],
    terminateInstructions: [{ elementInstanceKey }],
  })
}

function refusals(engine: TestEngine): void {
  engine.refused({ type: 'CreateProcessInstance', bpmnProcessId: 'nobody', variables: {} })
  engine.refused({ type: 'CancelProcessInstance', processInstanceKey: 1 })
  engine.refused({ type: 'CompleteJob', jobKey: 1, variables: {} })
  engine.refused({ type: 'ResolveIncident', incidentKey: 1 })
  engine.refused({ type: 'SetVariables', elementInstanceKey: 1, variables: {}, local: true })
  engine.refused({ type: 'DeployResource', resources: [] })
}
