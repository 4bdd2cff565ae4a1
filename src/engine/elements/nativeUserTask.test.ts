import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../command.ts'
import { compileResource } from '../compile/compileResource.ts'
import { end, flow, model, start, timerBoundary, type UserActivity, userTask } from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const approval = (task: UserActivity = {}) =>
  model('approval', start(), userTask('approve', { native: true, ...task }), end(), flow('start -> approve -> end'))

const taskOf = (engine: TestEngine) => [...engine.state.userTasks.values()].at(-1)!
const complete = (userTaskKey: number, variables = {}): Command => ({
  type: 'CompleteUserTask',
  userTaskKey,
  variables,
  action: '',
})
const assign = (userTaskKey: number, assignee: string, allowOverride = true): Command => ({
  type: 'AssignUserTask',
  userTaskKey,
  assignee,
  allowOverride,
  action: '',
})

/** `USER_TASK CREATED`, with what the life of its element and its process event say. */
const told = (engine: TestEngine) =>
  engine.records
    .splice(0)
    .filter(
      ({ value }) =>
        ['approve', undefined].includes((value.elementId ?? value.targetElementId) as string | undefined) ||
        value.elementId === '',
    )
    .map(({ valueType, intent, recordType }) => `${recordType === 'EVENT' ? '' : '> '}${valueType} ${intent}`)

test('the engine has the task itself: it is told in the real order, and completed with what was brought', async () => {
  const engine = await given(approval({ outputs: { approved: '=yes' } }))
  engine.records.splice(0)
  engine.create('approval')
  assert.deepEqual(told(engine).slice(1), [
    'PROCESS_INSTANCE_CREATION CREATED',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING',
    'USER_TASK CREATING',
    'USER_TASK CREATED',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED',
  ])
  assert.deepEqual(engine.jobs('io.camunda.zeebe:userTask'), [])
  await engine.restart()
  engine.records.splice(0)
  const { key } = taskOf(engine)
  engine.do(complete(key, { yes: true, no: false }))
  assert.deepEqual(told(engine), [
    '> USER_TASK COMPLETE',
    'USER_TASK COMPLETING',
    'USER_TASK COMPLETED',
    'PROCESS_EVENT TRIGGERING',
    'PROCESS_INSTANCE ELEMENT_COMPLETING',
    'PROCESS_EVENT TRIGGERED',
    'VARIABLE CREATED',
    'VARIABLE CREATED',
    'VARIABLE CREATED',
    'PROCESS_INSTANCE ELEMENT_COMPLETED',
  ])
  assert.deepEqual(engine.finished.at(-1)?.variables, { approved: true })
  assert.deepEqual([...engine.state.userTasks.values()], [])
})

test('its record has what the model says, evaluated', async () => {
  const engine = await given(
    approval({
      assignee: '=boss',
      candidateGroups: 'a,b',
      candidateUsers: '=users',
      dueDate: '2026-02-01T10:00:00Z',
      followUpDate: '=null',
      form: { externalReference: 'https://forms/1' },
      headers: { h: 'v' },
      priority: '=30 + 7',
    }),
  )
  const processInstanceKey = engine.create('approval', { boss: 'ann', users: ['u'] })
  const { key, value } = engine.records.findLast(
    ({ valueType, intent }) => valueType === 'USER_TASK' && intent === 'CREATED',
  )!
  const { processDefinitionKey, elementInstanceKey, ...rest } = value
  assert.deepEqual(rest, {
    userTaskKey: key,
    assignee: 'ann',
    candidateGroupsList: ['a', 'b'],
    candidateUsersList: ['u'],
    dueDate: '2026-02-01T10:00Z',
    followUpDate: '',
    formKey: -1,
    externalFormReference: 'https://forms/1',
    variables: {},
    customHeaders: { h: 'v' },
    bpmnProcessId: 'approval',
    processDefinitionVersion: 1,
    processInstanceKey,
    elementId: 'approve',
    tenantId: '<default>',
    changedAttributes: [],
    action: '',
    creationTimestamp: engine.now,
    priority: 37,
  })
  assert.ok(processDefinitionKey && elementInstanceKey)
})

test('it is assigned, claimed and unassigned; another’s cannot be claimed', async () => {
  const engine = await given(approval())
  engine.create('approval')
  const { key } = taskOf(engine)
  engine.do(assign(key, 'ann', false))
  engine.do(assign(key, 'ann', false))
  assert.deepEqual(engine.refused(assign(key, 'bob', false)), {
    code: 'FAILED_PRECONDITION',
    message: `Command 'CLAIM' rejected with code 'INVALID_STATE': Expected to claim user task with key '${key}', but it has already been assigned`,
  })
  await engine.restart()
  engine.do(assign(key, 'bob'))
  assert.equal(taskOf(engine).assignee, 'bob')
  engine.do(assign(key, ''))
  engine.do(assign(key, 'cid', false))
  assert.equal(taskOf(engine).assignee, 'cid')
  assert.match(engine.refused(assign(key, ' ', false)).message, /provided assignee is empty$/)
  const actions = engine.records
    .filter(({ intent }) => intent === 'ASSIGNED')
    .map(({ value }) => `${value.assignee} ${value.action}`)
  assert.deepEqual(actions, ['ann claim', 'ann claim', 'bob assign', ' assign', 'cid claim'])
})

test('an update changes what is given, and says which that is', async () => {
  const engine = await given(approval({ candidateUsers: 'u', dueDate: '2026-02-01T10:00:00Z' }))
  engine.create('approval')
  const { key } = taskOf(engine)
  engine.do({
    type: 'UpdateUserTask',
    userTaskKey: key,
    changes: { candidateGroups: ['g'], dueDate: '', priority: 9 },
    action: 'move',
  })
  await engine.restart()
  const { candidateGroups, candidateUsers, dueDate, priority } = taskOf(engine)
  assert.deepEqual(
    { candidateGroups, candidateUsers, dueDate, priority },
    { candidateGroups: ['g'], candidateUsers: ['u'], dueDate: '', priority: 9 },
  )
  const { value } = engine.records.findLast(({ intent }) => intent === 'UPDATED')!
  assert.deepEqual(
    [value.changedAttributes, value.action, value.candidateUsersList],
    [['candidateGroupsList', 'dueDate', 'priority'], 'move', ['u']],
  )
})

test('who names a task that is not there is told so', async () => {
  const engine = await given(approval())
  for (const [command, name] of [
    [complete(1), 'COMPLETE'],
    [assign(1, 'a'), 'ASSIGN'],
    [assign(1, 'a', false), 'CLAIM'],
    [{ type: 'UpdateUserTask', userTaskKey: 1, changes: {}, action: '' }, 'UPDATE'],
  ] as [Command, string][]) {
    assert.deepEqual(engine.refused(command), {
      code: 'NOT_FOUND',
      message: `Command '${name}' rejected with code 'NOT_FOUND': Expected to ${name.toLowerCase()} user task with key '1', but no such user task was found`,
    })
  }
})

test('it ends with its element: by a boundary event, by the instance’s end', async () => {
  const late = timerBoundary('late', 'approve', { duration: 'PT1H' })
  const engine = await given(
    model(
      'approval',
      start(),
      userTask('approve', { native: true }),
      late,
      end(),
      end('e2'),
      flow('start -> approve -> end'),
      flow('late -> e2'),
    ),
  )
  engine.create('approval')
  engine.advance(3_600_000)
  const processInstanceKey = engine.create('approval')
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual([...engine.state.userTasks.values()], [])
  const canceled = engine.records.filter(
    ({ valueType, intent }) => valueType === 'USER_TASK' && intent.startsWith('CANCEL'),
  )
  assert.deepEqual(
    canceled.map(({ intent }) => intent),
    ['CANCELING', 'CANCELED', 'CANCELING', 'CANCELED'],
  )
})

test("a priority that is not written out, as by the builder of Zeebe's Java client, is 50", async () => {
  const engine = await given(
    approval({ priority: '1' }).replace('<zeebe:priorityDefinition priority="1" />', '<zeebe:priorityDefinition />'),
  )
  engine.create('approval')
  assert.equal(taskOf(engine).priority, 50)
})

test('a priority out of its range is an incident', async () => {
  const engine = await given(approval({ priority: '=p' }))
  engine.create('approval', { p: 101 })
  assert.deepEqual(
    [engine.incident().type, engine.incident().message],
    ['EXTRACT_VALUE_ERROR', "Expected priority to be in the range [0,100] but was '101'."],
  )
})

test('several at once: each its own task', async () => {
  const engine = await given(approval({ multi: { in: '=people', as: 'person' }, assignee: '=person' }))
  engine.create('approval', { people: ['a', 'b'] })
  const tasks = [...engine.state.userTasks.values()]
  assert.deepEqual(
    tasks.map(({ assignee }) => assignee),
    ['a', 'b'],
  )
  for (const { key } of tasks) engine.do(complete(key))
  assert.equal(engine.finished.length, 1)
})

const refused: [title: string, task: UserActivity, problem: string][] = [
  [
    'a form of a job-based task',
    { form: { formKey: 'k' } },
    "formDefinition\n    - ERROR: Exactly one of the attributes 'formId, externalReference' must be present and not blank for native user tasks",
  ],
  [
    'a priority that is no number',
    { priority: 'high' },
    "priorityDefinition\n    - ERROR: Expected static value to be a valid Number between 0 and 100, but found 'high'.",
  ],
]

for (const [title, task, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content: approval(task) })
    assert.equal(problems, `'x.bpmn': - Element: approve > extensionElements > ${problem}\n`)
  })
}
