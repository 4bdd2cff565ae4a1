import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModifyProcessInstance } from '../command.ts'
import type { ActivateInstruction } from '../instructions.ts'
import {
  callActivity,
  end,
  eventBased,
  eventSubProcess,
  flow,
  messageBegin,
  messageCatch,
  model,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const process = model(
  'p',
  start(),
  serviceTask('first'),
  subProcess('sub', {}, start('s'), serviceTask('inner'), serviceTask('beside'), end('e'), flow('s -> inner -> e')),
  timerBoundary('late', 'sub', { duration: 'PT1H' }),
  serviceTask('last'),
  end(),
  end('tooLate'),
  flow('start -> first -> sub -> last -> end'),
  flow('late -> tooLate'),
)

interface Change {
  activate?: (Partial<ActivateInstruction> & { elementId: string })[]
  terminate?: number[]
}

const modification = (
  processInstanceKey: number,
  { activate = [], terminate = [] }: Change,
): ModifyProcessInstance => ({
  type: 'ModifyProcessInstance',
  processInstanceKey,
  activateInstructions: activate.map((one) => ({ variableInstructions: [], ...one })),
  terminateInstructions: terminate.map((elementInstanceKey) => ({ elementInstanceKey })),
})

const keyOf = (engine: TestEngine, elementId: string): number =>
  [...engine.state.elements.values()].findLast((element) => element.elementId === elementId)!.key

const refusal = (engine: TestEngine, key: number, change: Change): string => {
  const before = engine.running()
  const { code, message } = engine.refused(modification(key, change))
  assert.equal(code, 'INVALID_ARGUMENT')
  assert.deepEqual(engine.running(), before)
  return message.replace("Command 'MODIFY' rejected with code 'INVALID_ARGUMENT': ", '')
}

test('an element is put into a scope that is opened for it, and another one is taken out', async () => {
  const engine = await given(process)
  const key = engine.create('p')
  engine.do(modification(key, { activate: [{ elementId: 'inner' }], terminate: [keyOf(engine, 'first')] }))
  assert.deepEqual(engine.running().sort(), ['inner', 'sub'])
  assert.deepEqual(engine.jobs('first'), [])
  await engine.restart()
  engine.advance(3_600_000)
  assert.equal(engine.lived('tooLate').at(-1), 'tooLate COMPLETED')
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('it is told in the real order: what is opened, what is ended, the modification, and then what begins', async () => {
  const engine = await given(process)
  const key = engine.create('p')
  engine.records.length = 0
  const variableInstructions = [
    { scopeId: '', variables: { g: 1 } },
    { scopeId: 'sub', variables: { x: 2 } },
    { scopeId: 'inner', variables: { l: 3 } },
  ]
  const first = keyOf(engine, 'first')
  engine.do(modification(key, { activate: [{ elementId: 'inner', variableInstructions }], terminate: [first] }))
  const told = engine.records.map(({ valueType, intent, value }) =>
    `${intent} ${value.elementId || value.name || value.targetElementId || valueType}`.trim(),
  )
  assert.deepEqual(told, [
    'MODIFY PROCESS_INSTANCE_MODIFICATION',
    'CREATED g',
    'ELEMENT_ACTIVATING sub',
    'CREATED x',
    'ELEMENT_ACTIVATED sub',
    'CREATED late',
    'CREATED l',
    'ELEMENT_TERMINATING first',
    'CANCELED first',
    'ELEMENT_TERMINATED first',
    'MODIFIED PROCESS_INSTANCE_MODIFICATION',
    'ELEMENT_ACTIVATING inner',
    'CREATED inner',
    'ELEMENT_ACTIVATED inner',
  ])
  const modified = engine.records.find(({ intent }) => intent === 'MODIFIED')!
  assert.equal(modified.key, key)
  assert.deepEqual(modified.value.ancestorScopeKeys, [key, keyOf(engine, 'sub')])
  assert.deepEqual(engine.job('inner').variables, { g: 1, x: 2, l: 3 })
  await engine.restart()
})

test('scopes in which nothing is left end too, and at last the instance', async () => {
  const engine = await given(process)
  const key = engine.create('p')
  engine.complete(engine.job('first'))
  engine.do(modification(key, { activate: [{ elementId: 'last' }], terminate: [keyOf(engine, 'inner')] }))
  assert.deepEqual(engine.running(), ['last'])
  assert.equal([...engine.state.timers.values()].length, 0)
  engine.do(modification(key, { terminate: [keyOf(engine, 'last')] }))
  assert.deepEqual(
    engine.finished.map(({ outcome }) => outcome),
    ['terminated'],
  )
  assert.equal([...engine.state.elements.values()].length, 0)
})

test('a scope that something is put into stays, and one that is ended takes all with it', async () => {
  const engine = await given(process)
  const key = engine.create('p')
  engine.complete(engine.job('first'))
  const sub = keyOf(engine, 'sub')
  engine.do(modification(key, { activate: [{ elementId: 'beside' }], terminate: [keyOf(engine, 'inner')] }))
  assert.equal(keyOf(engine, 'sub'), sub)
  engine.do(modification(key, { activate: [{ elementId: 'last' }], terminate: [sub, keyOf(engine, 'beside')] }))
  assert.deepEqual(engine.running(), ['last'])
})

test('of several instances of a scope one has to be chosen', async () => {
  const engine = await given(process)
  const key = engine.create('p')
  engine.complete(engine.job('first'))
  engine.do(modification(key, { activate: [{ elementId: 'inner', ancestorElementInstanceKey: key }] }))
  const [one, other] = [...engine.state.elements.values()].filter(({ elementId }) => elementId === 'sub')
  assert.ok(one && other)
  assert.equal(
    refusal(engine, key, { activate: [{ elementId: 'beside' }] }),
    "Expected to modify instance of process 'p' but it contains one or more activate instructions for an element that has a flow scope with more than one active instance: 'sub'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.",
  )
  engine.do(modification(key, { activate: [{ elementId: 'beside', ancestorElementInstanceKey: one.key }] }))
  assert.equal([...engine.state.elements.values()].find((e) => e.elementId === 'beside')?.scopeKey, one.key)
})

test('an instance of a parallel multi-instance activity is taken out, and with the last of them the body', async () => {
  const engine = await given(
    model('p', start(), serviceTask('many', 'many', { multi: { in: '=[1,2]' } }), end(), flow('start -> many -> end')),
  )
  const key = engine.create('p')
  engine.do(modification(key, { terminate: [keyOf(engine, 'many')] }))
  assert.equal(engine.running().length, 2)
  engine.complete(engine.job('many'))
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('a scope that an event subprocess had ended takes elements again', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('work'),
      eventSubProcess('stop', {}, messageBegin('ask', 'ask', '="k"'), serviceTask('stopped'), flow('ask -> stopped')),
      end(),
      flow('start -> work -> end'),
    ),
  )
  const key = engine.create('p')
  engine.publish('ask', 'k')
  assert.deepEqual(engine.running().sort(), ['stop', 'stopped'])
  engine.do(modification(key, { activate: [{ elementId: 'work' }] }))
  assert.deepEqual(engine.running().sort(), ['stop', 'stopped', 'work'])
})

test('a call activity takes its process with it; that one is not ended by itself', async () => {
  const engine = await given(
    model('p', start(), callActivity('call', 'child'), serviceTask('after'), flow('start -> call -> after')),
    model('child', start('s'), serviceTask('inner'), flow('s -> inner')),
  )
  const key = engine.create('p')
  const { processInstanceKey, elementInstanceKey } = engine.job('inner')
  assert.equal(
    refusal(engine, processInstanceKey, { terminate: [elementInstanceKey] }),
    "Expected to modify instance of process 'child' but the given instructions would terminate the instance. The instance was created by a call activity in the parent process. To terminate this instance please modify the parent process instead.",
  )
  engine.do(modification(key, { activate: [{ elementId: 'after' }], terminate: [keyOf(engine, 'call')] }))
  assert.deepEqual(engine.running(), ['after'])
})

test('what cannot be done is refused in the real words', async () => {
  const engine = await given(
    process,
    model(
      'g',
      start(),
      eventBased('gate'),
      timerCatch('wait', { duration: 'PT1S' }),
      messageCatch('come', 'm', '="k"'),
      flow('start -> gate -> wait'),
      flow('gate -> come'),
    ),
    model(
      'many',
      start(),
      serviceTask('other'),
      subProcess('each', { multi: { in: '=[1]' } }, start('s'), serviceTask('work'), flow('s -> work')),
      flow('start -> other -> each'),
    ),
  )
  const key = engine.create('p')
  const to = "Expected to modify instance of process 'p' but it contains one or more"
  assert.deepEqual(engine.refused(modification(7, {})), {
    code: 'NOT_FOUND',
    message:
      "Command 'MODIFY' rejected with code 'NOT_FOUND': Expected to modify process instance but no process instance found with key '7'",
  })
  assert.equal(
    refusal(engine, key, { activate: [{ elementId: 'a' }, { elementId: 'b' }] }),
    `${to} activate instructions with an element that could not be found: 'a', 'b'`,
  )
  assert.match(
    refusal(engine, key, { activate: [{ elementId: 'start' }, { elementId: 'late' }] }),
    new RegExp(
      `^${to} activate instructions for elements that are unsupported: 'start', 'late'. The activation of elements with type 'START_EVENT', 'BOUNDARY_EVENT' is not supported. Supported element types are: \\[PROCESS, SUB_PROCESS,.* SEND_TASK\\]\\.$`,
    ),
  )
  assert.equal(
    refusal(engine, key, { terminate: [1, 2] }),
    `${to} terminate instructions with an element instance that could not be found: '1', '2'`,
  )
  const inner = (scopeId: string) => ({
    activate: [{ elementId: 'inner', variableInstructions: [{ scopeId, variables: {} }] }],
  })
  assert.equal(
    refusal(engine, key, inner('nobody')),
    `${to} variable instructions with a scope element id that could not be found: 'nobody'`,
  )
  assert.equal(
    refusal(engine, key, inner('last')),
    `${to} variable instructions with a scope element that doesn't belong to the activating element's flow scope. These variables should be set before or after the modification.`,
  )
  const below = (ancestorElementInstanceKey: number) => ({
    activate: [{ elementId: 'inner', ancestorElementInstanceKey }],
  })
  const first = keyOf(engine, 'first')
  assert.equal(
    refusal(engine, key, below(9)),
    `${to} activate instructions with an ancestor scope key that does not exist, or is not in an active state: '9'`,
  )
  assert.equal(
    refusal(engine, key, below(first)),
    `${to} activate instructions with an ancestor scope key that is not an ancestor of the element to activate:\n- instance '${first}' of element 'first' is not an ancestor of element 'inner'`,
  )
  const gateway = engine.create('g')
  assert.equal(
    refusal(engine, key, below(gateway)),
    `${to} activate instructions with an ancestor scope key that does not belong to the modified process instance: '${gateway}'`,
  )
  assert.equal(
    refusal(engine, gateway, { activate: [{ elementId: 'wait' }] }),
    "Expected to modify instance of process 'g' but it contains one or more activate instructions for elements that are unsupported: 'wait'. The activation of events belonging to an event-based gateway is not supported.",
  )
  assert.equal(
    refusal(engine, engine.create('many'), { activate: [{ elementId: 'work' }] }),
    "Expected to modify instance of process 'many' but it contains one or more activate instructions that would result in the activation of multi-instance element 'each', which is currently unsupported.",
  )
})
