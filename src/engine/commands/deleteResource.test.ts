import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decision, model as dmn, literal } from '../../dmn/testing/dmn.ts'
import { end, flow, messageStart, model, serviceTask, start } from '../testing/bpmn.ts'
import { deployFiles, given, type TestEngine } from '../testing/engine.ts'

const working = (type: string) => model('proc', start(), serviceTask('task', type), end(), flow('start -> task -> end'))
const rules = (text: string) => dmn(decision('price', literal(text)))

const keyOf = (engine: TestEngine, version: number) =>
  engine.state.processes.in('byId', 'proc').find((process) => process.version === version)!.key
const remove = (engine: TestEngine, resourceKey: number) => engine.do({ type: 'DeleteResource', resourceKey })

test('a deleted version starts no instance: the one before is the latest again', async () => {
  const engine = await given(working('first'))
  await deployFiles(engine, { 'proc.bpmn': working('second') })
  remove(engine, keyOf(engine, 2))
  engine.create('proc')
  assert.equal(engine.job('first').processDefinitionVersion, 1)
})

test('the number of a deleted version is not given again', async () => {
  const engine = await given(working('first'))
  await deployFiles(engine, { 'proc.bpmn': working('second'), 'a.form': '{"id": "a"}' })
  remove(engine, keyOf(engine, 2))
  remove(engine, keyOf(engine, 1))
  remove(engine, [...engine.state.forms.values()][0]!.key)
  await engine.restart()
  const { processes, forms } = await deployFiles(engine, { 'proc.bpmn': working('second'), 'a.form': '{"id": "a"}' })
  assert.deepEqual([processes[0]?.version, forms[0]?.version], [3, 2])
})

test('a process whose instances run is not deleted, and nothing of it is', async () => {
  const engine = await given(
    model('proc', messageStart('go', 'go'), serviceTask('task'), end(), flow('go -> task -> end')),
  )
  const resourceKey = keyOf(engine, 1)
  engine.publish('go', '')
  assert.deepEqual(engine.refused({ type: 'DeleteResource', resourceKey }), {
    code: 'FAILED_PRECONDITION',
    message: `Command 'DELETE' rejected with code 'INVALID_STATE': Expected to delete resource with key \`${resourceKey}\` but there are still running instances`,
  })
  engine.complete(engine.job('task'))
  engine.publish('go', '')
  engine.complete(engine.job('task'))
  remove(engine, resourceKey)
  assert.equal(engine.state.processes.get(resourceKey), undefined)
})

test('what started the deleted version no longer does, what started the one before does again', async () => {
  const byMessage = (name: string) =>
    model('proc', messageStart('go', name), serviceTask('task'), end(), flow('go -> task -> end'))
  const engine = await given(byMessage('old'))
  await deployFiles(engine, { 'proc.bpmn': byMessage('new') })
  remove(engine, keyOf(engine, 2))
  engine.publish('new', '')
  assert.equal(engine.jobs('task').length, 0)
  engine.publish('old', '')
  assert.equal(engine.job('task').processDefinitionVersion, 1)
})

test('an older version can be deleted without a change for the latest', async () => {
  const byMessage = (name: string) =>
    model('proc', messageStart('go', name), serviceTask('task'), end(), flow('go -> task -> end'))
  const engine = await given(byMessage('old'))
  await deployFiles(engine, { 'proc.bpmn': byMessage('new') })
  remove(engine, keyOf(engine, 1))
  engine.publish('new', '')
  assert.equal(engine.job('task').processDefinitionVersion, 2)
  assert.equal([...engine.state.startSubscriptions.values()].length, 1)
})

test('decisions go with their requirements, and the version before is evaluated', async () => {
  const engine = await given()
  await deployFiles(engine, { 'd.dmn': rules('1') })
  const { decisionRequirements } = await deployFiles(engine, { 'd.dmn': rules('2') })
  remove(engine, decisionRequirements[0]!.key)
  await engine.restart()
  const evaluate = { type: 'EvaluateDecision', decisionId: 'price', decisionKey: -1, variables: {} } as const
  const { response } = engine.do(evaluate)
  assert.equal(response.type === 'EvaluateDecision' && response.evaluation.output, 1)
  remove(engine, [...engine.state.decisionRequirements.values()][0]!.key)
  assert.match(engine.refused(evaluate).message, /no decision found for id 'price'/)
})

test('what is not there cannot be deleted', async () => {
  const engine = await given()
  assert.deepEqual(engine.refused({ type: 'DeleteResource', resourceKey: 123 }), {
    code: 'NOT_FOUND',
    message:
      "Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete resource but no resource found with key `123`",
  })
})

test('records tell a deletion as Zeebe does', async () => {
  const engine = await given(working('first'))
  const told = (from: number) =>
    engine.records.slice(from).map(({ valueType, intent, recordType }) => `${recordType} ${valueType} ${intent}`)
  const before = engine.records.length
  remove(engine, keyOf(engine, 1))
  assert.deepEqual(told(before), [
    'COMMAND RESOURCE_DELETION DELETE',
    'EVENT RESOURCE_DELETION DELETING',
    'EVENT PROCESS DELETING',
    'EVENT PROCESS DELETED',
    'EVENT RESOURCE_DELETION DELETED',
  ])
  const { decisionRequirements } = await deployFiles(engine, { 'd.dmn': rules('1') })
  const then = engine.records.length
  remove(engine, decisionRequirements[0]!.key)
  assert.deepEqual(told(then).slice(2, 4), ['EVENT DECISION DELETED', 'EVENT DECISION_REQUIREMENTS DELETED'])
})
