import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import { end, flow, model, scriptTask, serviceTask, start } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const scripted = (expression: string, options = {}) =>
  model(
    'proc',
    start(),
    scriptTask('script', expression, 'result', options),
    serviceTask('after'),
    end(),
    flow('start -> script -> after -> end'),
  )

test("a script's result is a variable of the process", async () => {
  const engine = await given(scripted('=x + 1'))
  const instance = engine.create('proc', { x: 2 })
  assert.deepEqual(engine.variables(instance), { x: 2, result: 3 })
  assert.deepEqual(engine.lived('script'), [
    'script ACTIVATING',
    'script ACTIVATED',
    'script COMPLETING',
    'script COMPLETED',
  ])
})

test('output mappings take what of the result goes on', async () => {
  const engine = await given(scripted('={a: x}', { outputs: { first: '=result.a' } }))
  const instance = engine.create('proc', { x: 2 })
  assert.deepEqual(engine.variables(instance), { x: 2, first: 2 })
})

test('the script sees the input mappings', async () => {
  const engine = await given(scripted('=y * 2', { inputs: { y: '=x + 1' } }))
  assert.deepEqual(engine.variables(engine.create('proc', { x: 2 })), { x: 2, result: 6 })
})

test('each instance of a multi-instance script adds to the output collection', async () => {
  const multi = { in: '=[1, 2, 3]', as: 'n', out: 'all', element: '=result' }
  const engine = await given(scripted('=n * n', { multi }))
  assert.deepEqual(engine.variables(engine.create('proc')), { all: [1, 4, 9] })
})

test('a script that cannot be evaluated is an incident, and goes on when it is resolved', async () => {
  const engine = await given(scripted('=assert(x, x != null)'))
  const instance = engine.create('proc')
  const { type, message, key, elementInstanceKey } = engine.incident()
  assert.equal(type, 'EXTRACT_VALUE_ERROR')
  assert.match(message, /^Assertion failure on evaluate the expression 'assert\(x, x != null\)': The condition is not /)
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { x: 1 }, local: true })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(engine.variables(instance), { result: 1 })
})

test('a script task with a task definition is a job', async () => {
  const job =
    '<bpmn:scriptTask id="task"><bpmn:extensionElements><zeebe:taskDefinition type="run" /></bpmn:extensionElements></bpmn:scriptTask>'
  const engine = await given(model('proc', start(), { inside: job }, end(), flow('start -> task -> end')))
  engine.create('proc')
  assert.equal(engine.job('run').elementId, 'task')
})

test('records tell what the result brought', async () => {
  const engine = await given(scripted('=1'))
  engine.create('proc')
  const told = engine.records
    .filter(({ value }) =>
      [value.elementId, value.targetElementId, value.name].some((id) => id === 'script' || id === 'result'),
    )
    .map(({ valueType, intent }) => `${valueType} ${intent}`)
  assert.deepEqual(told, [
    'PROCESS_INSTANCE ELEMENT_ACTIVATING',
    'PROCESS_EVENT TRIGGERING',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED',
    'PROCESS_INSTANCE ELEMENT_COMPLETING',
    'PROCESS_EVENT TRIGGERED',
    'VARIABLE CREATED',
    'PROCESS_INSTANCE ELEMENT_COMPLETED',
  ])
})

const problemsOf = async (content: string) => (await compileResource({ name: 'x.bpmn', content })).problems ?? ''

test('what a script task lacks is refused', async () => {
  const neither = '<bpmn:scriptTask id="script" />'
  const without = model('proc', start(), { inside: neither }, end(), flow('start -> script -> end'))
  const either = "Must have either one 'zeebe:script' or one 'zeebe:taskDefinition' extension element"
  assert.equal(await problemsOf(without), `'x.bpmn': - Element: script\n    - ERROR: ${either}\n`)
  const at = "'x.bpmn': - Element: script > extensionElements > script\n    - ERROR: "
  const empty = scripted('=1').replace('resultVariable="result"', 'resultVariable=""')
  assert.equal(await problemsOf(empty), `${at}Attribute 'resultVariable' must be present and not empty\n`)
  const static_ = "Expected expression but found static value '1'. An expression must start with '=' (e.g. '=1')."
  assert.equal(await problemsOf(scripted('1')), `${at}${static_}\n`)
})
