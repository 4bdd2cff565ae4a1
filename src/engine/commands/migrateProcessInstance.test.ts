import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MigrateProcessInstance } from '../command.ts'
import {
  callActivity,
  compensating,
  compensationBoundary,
  end,
  type errorBoundary,
  eventSubProcess,
  flow,
  messageBegin,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  parallel,
  receiveTask,
  serviceTask,
  signalCatch,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
  userTask,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const definitionOf = (engine: TestEngine, id: string): number => engine.state.processes.in('byId', id).at(-1)!.key

const migration = (
  engine: TestEngine,
  processInstanceKey: number,
  target: string | number,
  mapping: Record<string, string> = {},
): MigrateProcessInstance => ({
  type: 'MigrateProcessInstance',
  processInstanceKey,
  targetProcessDefinitionKey: typeof target === 'number' ? target : definitionOf(engine, target),
  mappingInstructions: Object.entries(mapping).map(([sourceElementId, targetElementId]) => ({
    sourceElementId,
    targetElementId,
  })),
})

const refusal = (engine: TestEngine, command: MigrateProcessInstance): string => {
  const before = JSON.stringify([...engine.state.elements.values()])
  const { message } = engine.refused(command)
  assert.equal(JSON.stringify([...engine.state.elements.values()]), before)
  return message.replace(`process instance '${command.processInstanceKey}'`, 'PI')
}

const simple = (id: string, task: string, type = task) =>
  model(id, start(), serviceTask(task, type), serviceTask('next'), end(), flow(`start -> ${task} -> next -> end`))

test('an instance goes on in the other definition, with its jobs, variables and incidents', async () => {
  const engine = await given(simple('one', 'A', 'work'), simple('two', 'B', 'work'))
  const key = engine.create('one', { x: 1 })
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'FailJob', jobKey, retries: 0, errorMessage: 'no', retryBackOff: 0, variables: {} })
  engine.records.length = 0
  engine.do(migration(engine, key, 'two', { A: 'B' }))
  assert.deepEqual(
    engine.records.map(({ valueType, intent, value }) =>
      `${valueType} ${intent} ${value.elementId ?? value.name ?? ''}`.trim(),
    ),
    [
      'PROCESS_INSTANCE_MIGRATION MIGRATE',
      'PROCESS_INSTANCE ELEMENT_MIGRATED two',
      'VARIABLE MIGRATED x',
      'PROCESS_INSTANCE ELEMENT_MIGRATED B',
      'JOB MIGRATED B',
      'INCIDENT MIGRATED B',
      'PROCESS_INSTANCE_MIGRATION MIGRATED',
    ],
  )
  const target = definitionOf(engine, 'two')
  for (const { valueType, intent, value } of engine.records) {
    if (intent !== 'MIGRATED' || valueType === 'PROCESS_INSTANCE_MIGRATION') continue
    assert.equal(value.processDefinitionKey, target)
    assert.equal(value.bpmnProcessId, 'two')
  }
  await engine.restart()
  engine.do({ type: 'UpdateJobRetries', jobKey, retries: 1 })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  const job = engine.job('work')
  assert.deepEqual([job.key, job.elementId, job.bpmnProcessId, job.processDefinitionKey], [jobKey, 'B', 'two', target])
  engine.complete(job)
  assert.equal(engine.job('next').bpmnProcessId, 'two')
})

const watched = (id: string, task: string, boundary: string, key: string, interrupting: boolean) =>
  model(
    id,
    start(),
    serviceTask(task),
    messageBoundary(boundary, task, 'message', key, { interrupting }),
    timerBoundary(`${boundary}Late`, task, { duration: `PT${id.length}M` }),
    end(),
    end('asked'),
    flow(`start -> ${task} -> end`),
    flow(`${boundary} -> asked`),
    flow(`${boundary}Late -> asked`),
  )

test('what is mapped stays open, with its key and its time, and is as interrupting as the new event', async () => {
  const engine = await given(watched('one', 'A', 'm1', '="k1"', false), watched('other', 'B', 'm2', '="k2"', true))
  const key = engine.create('one')
  const [timer] = [...engine.state.timers.values()]
  engine.records.length = 0
  engine.do(migration(engine, key, 'other', { A: 'B', m1: 'm2', m1Late: 'm2Late' }))
  const migrated = engine.records.filter(
    ({ intent, valueType }) => intent === 'MIGRATED' && /SUBSCRIPTION|TIMER/.test(valueType),
  )
  assert.deepEqual(
    migrated.map(({ valueType }) => valueType),
    ['PROCESS_MESSAGE_SUBSCRIPTION', 'TIMER', 'MESSAGE_SUBSCRIPTION'],
  )
  assert.deepEqual([...engine.state.timers.values()], [{ ...timer, targetElementId: 'm2Late' }])
  await engine.restart()
  engine.publish('message', 'k2')
  assert.deepEqual(engine.running(), ['B'])
  engine.publish('message', 'k1')
  assert.equal(engine.lived('m2').at(-1), 'm2 COMPLETED')
  assert.equal(engine.finished[0]?.bpmnProcessId, 'other')
})

test('what is not mapped is closed, and what is new is opened', async () => {
  const other = watched('other', 'B', 'm2', '="k2"', true).replace('name="message"', 'name="another"')
  const engine = await given(watched('one', 'A', 'm1', '="k1"', true), other)
  const key = engine.create('one')
  engine.do(migration(engine, key, 'other', { A: 'B' }))
  engine.publish('message', 'k1')
  assert.deepEqual(engine.running(), ['B'])
  engine.advance(60_000)
  assert.deepEqual(engine.running(), ['B'])
  engine.publish('another', 'k2')
  assert.equal(engine.lived('asked').at(-1), 'asked COMPLETED')
})

test('events, tasks that wait, scopes, event subprocesses, loops and calls are migrated', async () => {
  const all = (id: string, n: string) =>
    model(
      id,
      start(),
      parallel('fork'),
      messageCatch(`come${n}`, 'come', '="k"'),
      timerCatch(`wait${n}`, { duration: 'PT1M' }),
      signalCatch(`hear${n}`, 'hear'),
      receiveTask(`take${n}`, 'take', '="k"'),
      subProcess(`sub${n}`, {}, start('s'), serviceTask(`inner${n}`), flow(`s -> inner${n}`)),
      serviceTask(`many${n}`, 'many', { multi: { in: '=[1,2]' } }),
      callActivity(`call${n}`, 'child'),
      eventSubProcess(
        `event${n}`,
        {},
        messageBegin(`begin${n}`, 'begin', '="k"', { interrupting: false }),
        serviceTask(`begun${n}`),
        flow(`begin${n} -> begun${n}`),
      ),
      ...['come', 'wait', 'hear', 'take', 'sub', 'many', 'call'].map((to) => flow(`fork -> ${to}${n}`)),
      flow('start -> fork'),
    )
  const names = ['come', 'wait', 'hear', 'take', 'sub', 'inner', 'many', 'call', 'event', 'begin', 'begun']
  const engine = await given(
    all('one', '1'),
    all('two', '2'),
    model('child', start(), serviceTask('called'), flow('start -> called')),
  )
  const key = engine.create('one')
  engine.publish('begin', 'k')
  engine.do(migration(engine, key, 'two', Object.fromEntries(names.map((name) => [`${name}1`, `${name}2`]))))
  await engine.restart()
  assert.deepEqual(
    engine.running().filter((id) => id.endsWith('1')),
    [],
  )
  engine.publish('begin', 'k')
  assert.equal(engine.jobs('begun1').length + engine.jobs('begun2').length, 2)
  engine.publish('come', 'k')
  engine.publish('take', 'k')
  engine.do({ type: 'BroadcastSignal', signalName: 'hear', variables: {} })
  engine.advance(60_000)
  for (const type of ['inner1', 'many', 'called']) for (const job of engine.jobs(type)) engine.complete(job)
  assert.deepEqual(engine.running().sort(), ['begun2', 'begun2', 'event2', 'event2'])
})

test('what cannot be migrated is refused in the real words', async () => {
  const engine = await given(
    simple('one', 'A'),
    model(
      'deep',
      start(),
      subProcess('sub', {}, start('s'), serviceTask('A'), flow('s -> A')),
      serviceTask('next'),
      flow('start -> sub -> next'),
    ),
    model(
      'undone',
      start(),
      serviceTask('A'),
      compensationBoundary('undo', 'A', 'undoing'),
      compensating(serviceTask('undoing')),
      end(),
      flow('start -> A -> end'),
    ),
    model('users', start(), userTask('A'), end(), flow('start -> A -> end')),
    model('loop', start(), serviceTask('A', 'A', { multi: { in: '=[1]', sequential: true } }), flow('start -> A')),
    model('parallelLoop', start(), serviceTask('A', 'A', { multi: { in: '=[1]' } }), flow('start -> A')),
  )
  const key = engine.create('one')
  const failed = "Command 'MIGRATE' rejected with code"
  assert.equal(
    refusal(engine, migration(engine, 7, 'one')),
    `${failed} 'NOT_FOUND': Expected to migrate process instance but no process instance found with key '7'`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 8)),
    `${failed} 'NOT_FOUND': Expected to migrate process instance to process definition but no process definition found with key '8'`,
  )
  const twice = migration(engine, key, 'one', { A: 'A' })
  assert.equal(
    refusal(engine, { ...twice, mappingInstructions: [...twice.mappingInstructions, ...twice.mappingInstructions] }),
    `${failed} 'INVALID_ARGUMENT': Expected to migrate PI but the mapping instructions contain duplicate source element ids '[A]'.`,
  )
  for (const [side, mapping] of [
    ['source', { X: 'A' }],
    ['target', { A: 'X' }],
  ] as const) {
    assert.equal(
      refusal(engine, migration(engine, key, 'one', mapping as Record<string, string>)),
      `${failed} 'INVALID_ARGUMENT': Expected to migrate PI but mapping instructions contain a non-existing ${side} element id 'X'. Elements provided in mapping instructions must exist in the ${side} process definition.`,
    )
  }
  const state = `${failed} 'INVALID_STATE': Expected to migrate PI but`
  assert.equal(
    refusal(engine, migration(engine, key, 'one')),
    `${state} no mapping instruction defined for active element with id 'A'. Elements cannot be migrated without a mapping.`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 'users', { A: 'A' })),
    `${state} active element with id 'A' and type 'SERVICE_TASK' is mapped to an element with id 'A' and different type 'USER_TASK'. Elements must be mapped to elements of the same type.`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 'deep', { A: 'A' })),
    `${state} the flow scope of active element with id 'A' is changed. The flow scope of the active element is expected to be 'deep' but was 'sub'. The flow scope of an element cannot be changed during migration yet.`,
  )
  const undone = engine.create('undone')
  assert.equal(
    refusal(engine, migration(engine, undone, 'one', { A: 'A' })),
    `${state} active element with id 'A' has one or more boundary events of types 'COMPENSATION'. Migrating active elements with boundary events of these types is not possible yet.`,
  )
  const loop = engine.create('loop')
  assert.equal(
    refusal(engine, migration(engine, loop, 'parallelLoop', { A: 'A' })),
    `${state} active element with id 'A' has a different loop characteristics than the target element with id 'A'. Both elements must have either sequential or parallel loop characteristics.`,
  )
})

test('events that are mapped stay on their element, alone and of their kind', async () => {
  const process = (id: string, ...more: ReturnType<typeof errorBoundary>[]) =>
    model(
      id,
      start(),
      serviceTask('A'),
      messageBoundary('m', 'A', 'message', '="k"'),
      timerBoundary('t', 'A', { duration: 'PT1M' }),
      timerBoundary('t2', 'A', { duration: 'PT2M' }),
      serviceTask('B'),
      timerBoundary('o', 'B', { duration: 'PT1M' }),
      end(),
      flow('start -> A -> B -> end'),
      ...['m', 't', 't2', 'o'].map((id) => flow(`${id} -> end`)),
      ...more,
    )
  const engine = await given(process('one'), process('two'))
  const key = engine.create('one')
  const state =
    "Command 'MIGRATE' rejected with code 'INVALID_STATE': Expected to migrate PI but active element with id 'A'"
  assert.equal(
    refusal(engine, migration(engine, key, 'two', { A: 'A', t: 'o' })),
    `${state} is mapped to an element with id 'A' and has a catch event with id 't' that is mapped to a catch event with id 'o'. These mappings detach the catch event from the element in the target process. Catch events must stay attached to the same element instance.`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 'two', { A: 'A', t: 't', t2: 't' })),
    `${state} has a catch event attached that is mapped to a catch event with id 't'. There are multiple mapping instructions that target this catch event: 't', 't2'. Catch events cannot be merged by process instance migration. Please ensure the mapping instructions target a catch event only once.`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 'two', { A: 'A', t: 'm' })),
    `${state} has a catch event with id 't' that is mapped to a catch event with id 'm'. These catch events have different event types: 'TIMER' and 'MESSAGE'. The event type of a catch event cannot be changed by process instance migration. Please ensure the event type of the catch event remains the same or remove the mapping instruction for these catch events.`,
  )
  assert.equal(
    refusal(engine, migration(engine, key, 'two', { A: 'A' })),
    `${state} attempts to subscribe to a message it is already subscribed to with name 'message'. Migrating active elements that subscribe to a message they are already subscribed to is not possible yet. Please provide a mapping instruction to message catch event with id 'm' to migrate the respective message subscription.`,
  )
})

test('a boundary event that cannot be opened keeps all as it is', async () => {
  const engine = await given(simple('one', 'A'), watched('two', 'B', 'm', '=unknown', true))
  const key = engine.create('one')
  assert.match(
    refusal(engine, migration(engine, key, 'two', { A: 'B' })),
    /active element with id 'A' is mapped to element with id 'B' that must be subscribed to a catch event. Failed to extract the correlation key for 'unknown': The value must be either a string or a number, but was 'NULL'\./,
  )
})

test('of a message’s key one instance runs, whatever it is migrated to', async () => {
  const byMessage = (id: string, name: string) =>
    model(id, messageStart('go', name), serviceTask('A'), end(), flow('go -> A -> end'))
  const engine = await given(byMessage('one', 'first'), byMessage('two', 'second'))
  engine.publish('first', 'k')
  engine.publish('second', 'k')
  const [first] = [...engine.state.elements.values()].filter(({ elementId }) => elementId === 'one')
  assert.equal(
    refusal(engine, migration(engine, first!.key, 'two', { A: 'A' })),
    `Command 'MIGRATE' rejected with code 'INVALID_STATE': Expected to migrate PI but target process definition '${definitionOf(engine, 'two')}' has an active instance triggered by a message start event with correlation key 'k'. Only one instance per correlation key is allowed for message start events.`,
  )
  engine.complete(engine.jobs('A').find(({ bpmnProcessId }) => bpmnProcessId === 'two')!)
  engine.do(migration(engine, first!.key, 'two', { A: 'A' }))
  engine.publish('second', 'k')
  assert.equal([...engine.state.elements.values()].filter(({ scopeKey }) => scopeKey === -1).length, 1)
})

test('a user task of the engine’s own goes on as one, and does not become a job', async () => {
  const byPerson = (id: string, task: string, native: boolean) =>
    model(id, start(), userTask(task, { native }), end(), flow(`start -> ${task} -> end`))
  const engine = await given(byPerson('one', 'A', true), byPerson('two', 'B', true), byPerson('jobs', 'B', false))
  const key = engine.create('one')
  assert.equal(
    refusal(engine, migration(engine, key, 'jobs', { A: 'B' })),
    "Command 'MIGRATE' rejected with code 'INVALID_STATE': Expected to migrate PI but active user task with id 'A' and implementation 'zeebe user task' is mapped to an user task with id 'B' and different implementation 'job worker'. Elements must be mapped to elements of the same implementation.",
  )
  engine.do(migration(engine, key, 'two', { A: 'B' }))
  const [row] = [...engine.state.userTasks.values()]
  assert.deepEqual([row?.elementId, row?.bpmnProcessId], ['B', 'two'])
  const told = engine.records.find(({ valueType, intent }) => valueType === 'USER_TASK' && intent === 'MIGRATED')
  assert.equal(told?.value.elementId, 'B')
  await engine.restart()
  engine.do({ type: 'CompleteUserTask', userTaskKey: row!.key, variables: {}, action: '' })
  assert.equal(engine.finished[0]?.bpmnProcessId, 'two')
})
