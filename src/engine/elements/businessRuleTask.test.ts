import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decision, model as dmn, literal, table } from '../../dmn/testing/dmn.ts'
import { compileResource } from '../compile/compileResource.ts'
import { businessRuleTask, type DecisionActivity, end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { deployFiles, given, type TestEngine } from '../testing/engine.ts'

const deciding = (decisionId: string, options: DecisionActivity = {}) =>
  model(
    'proc',
    start(),
    businessRuleTask('decide', decisionId, 'result', options),
    serviceTask('after'),
    end(),
    flow('start -> decide -> after -> end'),
  )

const rules = (price: string, versionTag?: string) =>
  dmn(
    decision(
      'price',
      table(
        ['weight'],
        [
          ['<= 1', price],
          ['> 1', `weight * ${price}`],
        ],
      ),
      versionTag ? { versionTag } : {},
    ),
  )

async function deployed(files: Record<string, string>): Promise<TestEngine> {
  const engine = await given()
  await deployFiles(engine, files)
  return engine
}

test('what a decision comes to is a variable of the process', async () => {
  const engine = await deployed({ 'p.bpmn': deciding('price'), 'd.dmn': rules('5') })
  const instance = engine.create('proc', { weight: 3 })
  assert.deepEqual(engine.variables(instance), { weight: 3, result: 15 })
})

test('the id may be an expression, and mappings say what goes in and out', async () => {
  const options = { inputs: { weight: '=kilos' }, outputs: { cost: '=result + 1' } }
  const engine = await deployed({ 'p.bpmn': deciding('=which', options), 'd.dmn': rules('5') })
  const instance = engine.create('proc', { which: 'price', kilos: 1 })
  assert.deepEqual(engine.variables(instance), { which: 'price', kilos: 1, cost: 6 })
})

test('the latest version is taken, unless the task is bound to the one of its deployment', async () => {
  const bound = deciding('price', { bindingType: 'deployment' })
  const files = { 'p.bpmn': deciding('price'), 'b.bpmn': bound.replaceAll('"proc"', '"bound"'), 'd.dmn': rules('5') }
  const engine = await deployed(files)
  await deployFiles(engine, { 'd.dmn': rules('6') })
  assert.equal(engine.variables(engine.create('proc', { weight: 1 })).result, 6)
  assert.equal(engine.variables(engine.create('bound', { weight: 1 })).result, 5)
})

test('a task that is bound to a tag takes the latest version with it', async () => {
  const engine = await deployed({ 'd.dmn': rules('5', 'v1') })
  await deployFiles(engine, { 'd.dmn': rules('6') })
  await deployFiles(engine, { 'p.bpmn': deciding('price', { bindingType: 'versionTag', versionTag: 'v1' }) })
  assert.equal(engine.variables(engine.create('proc', { weight: 1 })).result, 5)
})

test('a decision that is not there is an incident, and goes on when it is deployed', async () => {
  const engine = await deployed({ 'p.bpmn': deciding('price') })
  const instance = engine.create('proc', { weight: 1 })
  const { type, message, key } = engine.incident()
  const reason = "Expected to evaluate decision 'price', but no decision found for id 'price'"
  assert.deepEqual([type, message], ['CALLED_DECISION_ERROR', reason])
  await deployFiles(engine, { 'd.dmn': rules('5') })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.equal(engine.variables(instance).result, 5)
})

test('a version that is not there is an incident', async () => {
  const tagged = deciding('price', { bindingType: 'versionTag', versionTag: 'v9' })
  const engine = await deployed({ 'p.bpmn': tagged, 'd.dmn': rules('5') })
  engine.create('proc', { weight: 1 })
  assert.equal(
    engine.incident().message,
    "Expected to evaluate decision with id 'price' and version tag 'v9', but no such decision found. To resolve this incident, deploy a decision with the given id and version tag.",
  )
  const alone = await deployed({ 'p.bpmn': deciding('="price"', { bindingType: 'deployment' }) })
  await deployFiles(alone, { 'd.dmn': rules('5') })
  alone.create('proc', { weight: 1 })
  assert.match(
    alone.incident().message,
    /^Expected to evaluate decision 'price' with binding type 'deployment', but no /,
  )
})

test('a decision that fails is an incident, and the failure is told', async () => {
  const checked = dmn(decision('price', literal('assert(weight, weight > 0)')))
  const engine = await deployed({ 'p.bpmn': deciding('price'), 'd.dmn': checked })
  engine.create('proc', { weight: 0 })
  const { type, message } = engine.incident()
  assert.equal(type, 'DECISION_EVALUATION_ERROR')
  assert.equal(
    message,
    "Expected to evaluate decision 'price', but Assertion failure on evaluate the expression 'assert(weight, weight > 0)': The condition is not fulfilled",
  )
  const [told] = engine.records.filter(({ valueType }) => valueType === 'DECISION_EVALUATION')
  assert.equal(told?.intent, 'FAILED')
  assert.deepEqual([told?.value.elementId, told?.value.failedDecisionId], ['decide', 'price'])
})

test('an id that is no string is an incident', async () => {
  const engine = await deployed({ 'p.bpmn': deciding('=which') })
  engine.create('proc')
  const { type, message } = engine.incident()
  assert.equal(type, 'EXTRACT_VALUE_ERROR')
  assert.match(message, /^Expected result of the expression 'which' to be 'STRING', but was 'NULL'\./)
})

test('records tell the decision before its result', async () => {
  const engine = await deployed({ 'p.bpmn': deciding('price'), 'd.dmn': rules('5') })
  const before = engine.records.length
  engine.create('proc', { weight: 1 })
  const told = engine.records.slice(before).map(({ valueType, intent }) => `${valueType} ${intent}`)
  const from = told.indexOf('DECISION_EVALUATION EVALUATED')
  assert.deepEqual(told.slice(from, from + 3), [
    'DECISION_EVALUATION EVALUATED',
    'PROCESS_EVENT TRIGGERING',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED',
  ])
})

const problemsOf = async (content: string) => (await compileResource({ name: 'x.bpmn', content })).problems ?? ''

test('what a business rule task lacks is refused', async () => {
  const neither = { inside: '<bpmn:businessRuleTask id="decide" />' }
  const without = model('proc', start(), neither, end(), flow('start -> decide -> end'))
  const either = "Must have either one 'zeebe:calledDecision' or one 'zeebe:taskDefinition' extension element"
  assert.equal(await problemsOf(without), `'x.bpmn': - Element: decide\n    - ERROR: ${either}\n`)
  const at = "'x.bpmn': - Element: decide > extensionElements > calledDecision\n    - ERROR: "
  const untagged = await problemsOf(deciding('price', { bindingType: 'versionTag' }))
  const mustBe = "must be present and not empty if 'bindingType' is 'versionTag'"
  assert.equal(untagged, `${at}Attribute 'versionTag' ${mustBe}\n`)
  const mayOnly = await problemsOf(deciding('price', { versionTag: 'v1' }))
  assert.equal(mayOnly, `${at}Attribute 'versionTag' may only be used if 'bindingType' is 'versionTag'\n`)
  const unknown = await problemsOf(deciding('price', { bindingType: 'newest' }))
  assert.equal(unknown, `${at}Attribute 'bindingType' must be one of: deployment, latest, versionTag\n`)
  const unnamed = deciding('price').replace('resultVariable="result"', 'resultVariable=""')
  assert.equal(await problemsOf(unnamed), `${at}Attribute 'resultVariable' must be present and not empty\n`)
})
