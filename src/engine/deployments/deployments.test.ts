import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decision, model as dmn, literal } from '../../dmn/testing/dmn.ts'
import { end, flow, model, start } from '../testing/bpmn.ts'
import { deployFiles, given, refusedFiles } from '../testing/engine.ts'

const process = model('proc', start(), end(), flow('start -> end'))
const rules = dmn(decision('price', literal('1')), decision('total', literal('price * 2'), { requires: ['price'] }))
const form = (id: string, more = '') => `{"id": "${id}", "schemaVersion": 16, "components": []${more}}`

test('a file of decisions is a version of its requirements and of each decision', async () => {
  const engine = await given()
  const { decisionRequirements, decisions } = await deployFiles(engine, { 'rules.dmn': rules })
  assert.deepEqual(
    decisionRequirements.map(({ decisionRequirementsId, name, version }) => [decisionRequirementsId, name, version]),
    [['model', 'Model', 1]],
  )
  assert.deepEqual(
    decisions.map(({ decisionId, version, decisionRequirementsKey: key }) => [decisionId, version, key]).sort(),
    ['price', 'total'].map((id) => [id, 1, decisionRequirements[0]!.key]),
  )
})

test('the same file again is no new version, one with another content or name is', async () => {
  const engine = await given()
  const first = await deployFiles(engine, { 'rules.dmn': rules, 'a.form': form('a') })
  const again = await deployFiles(engine, { 'rules.dmn': rules, 'a.form': form('a') })
  assert.deepEqual(
    [again.decisions, again.decisionRequirements, again.forms],
    [first.decisions, first.decisionRequirements, first.forms],
  )
  const changed = await deployFiles(engine, {
    'rules.dmn': rules.replace('* 2', '* 3'),
    'a.form': form('a', ', "type": "default"'),
  })
  assert.deepEqual(
    [...changed.decisions, ...changed.forms].map(({ version }) => version),
    [2, 2, 2],
  )
  const renamed = await deployFiles(engine, { 'other.dmn': rules.replace('* 2', '* 3') })
  assert.equal(renamed.decisionRequirements[0]?.version, 3)
})

test('a process in a file of another name is a new version', async () => {
  const engine = await given()
  await deployFiles(engine, { 'proc.bpmn': process })
  const { processes } = await deployFiles(engine, { 'other.bpmn': process })
  assert.equal(processes[0]?.version, 2)
})

test('what is deployed together is versioned together', async () => {
  const engine = await given()
  await deployFiles(engine, { 'proc.bpmn': process, 'rules.dmn': rules, 'a.form': form('a') })
  const files = { 'proc.bpmn': process, 'rules.dmn': rules, 'a.form': form('a', ', "type": "default"') }
  const { key, processes, decisions, decisionRequirements, forms } = await deployFiles(engine, files)
  const versions = [...processes, ...decisions, ...decisionRequirements, ...forms].map(({ version }) => version)
  assert.deepEqual(versions, [2, 2, 2, 2, 2])
  assert.deepEqual(new Set([...decisions, ...forms].map(({ deploymentKey }) => deploymentKey)), new Set([key]))
  assert.ok(decisions.every(({ decisionRequirementsKey }) => decisionRequirementsKey === decisionRequirements[0]?.key))
})

test('a decision goes on with its versions in another file', async () => {
  const engine = await given()
  await deployFiles(engine, { 'rules.dmn': rules })
  const other = await deployFiles(engine, { 'other.dmn': rules.replace('id="model"', 'id="other"') })
  assert.deepEqual([other.decisionRequirements[0]?.version, other.decisions[0]?.version], [1, 2])
  // The first file no longer has the latest of its decisions.
  const again = await deployFiles(engine, { 'rules.dmn': rules })
  assert.deepEqual([again.decisionRequirements[0]?.version, again.decisions[0]?.version], [2, 3])
})

test('version tags of processes, decisions and forms are kept', async () => {
  const engine = await given()
  const tag = '<bpmn:extensionElements><zeebe:versionTag value="v1"/></bpmn:extensionElements>'
  const tagged = process.replace(/(<bpmn:process [^>]*>)/, `$1${tag}`)
  const decided = dmn(decision('price', literal('1'), { versionTag: 'v2' }))
  await deployFiles(engine, { 'p.bpmn': tagged, 'd.dmn': decided, 'f.form': form('f', ', "versionTag": "v3"') })
  const tags = [engine.state.processes, engine.state.decisions, engine.state.forms].map(
    (table) => [...table.values()][0]?.versionTag,
  )
  assert.deepEqual(tags, ['v1', 'v2', 'v3'])
})

test('decisions and forms survive a restart', async () => {
  const engine = await given()
  await deployFiles(engine, { 'rules.dmn': rules, 'a.form': form('a') })
  await engine.restart()
  const again = await deployFiles(engine, { 'rules.dmn': rules, 'a.form': form('a') })
  assert.deepEqual(
    [...again.decisions, ...again.forms].map(({ version }) => version),
    [1, 1, 1],
  )
})

test('one refused resource keeps all of them out', async () => {
  const engine = await given()
  const message = await refusedFiles(engine, { 'proc.bpmn': process, 'a.txt': '', 'a.form': '{}' })
  assert.equal(
    message,
    "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n\n'a.txt': unknown resource type\nExpected the form id to be present, but none given",
  )
  assert.equal([...engine.state.processes.values()].length, 0)
})

const refusals: [what: string, files: Record<string, string>, problems: string][] = [
  [
    'two files of decisions with one id',
    { 'a.dmn': rules, 'b.dmn': dmn(decision('other', literal('1'))) },
    "Expected the decision requirements ids to be unique within a deployment but found a duplicated id 'model' in the resources 'a.dmn' and 'b.dmn'.",
  ],
  [
    'one decision in two files',
    { 'a.dmn': rules, 'b.dmn': dmn(decision('price', literal('1'))).replace('id="model"', 'id="b"') },
    "Expected the decision ids to be unique within a deployment but found a duplicated id 'price' in the resources 'a.dmn' and 'b.dmn'.",
  ],
  [
    'two forms with one id',
    { 'a.form': form('f'), 'b.form': form('f', ', "type": "default"') },
    "Expected the form ids to be unique within a deployment but found a duplicated id 'f' in the resources 'a.form' and 'b.form'.",
  ],
  ['a form with a blank id', { 'a.form': form(' ') }, 'Expected the form id to be filled, but it is blank'],
  [
    'a file that is no DMN',
    { 'a.dmn': 'no' },
    "'a.dmn': Failed to parse DMN: org.camunda.bpm.model.dmn.DmnModelException: Unable to parse model",
  ],
  [
    'a decision without a name',
    { 'a.dmn': dmn(decision('d', literal('1'), { name: '' })) },
    `'a.dmn': Cannot invoke "String.getBytes(java.nio.charset.Charset)" because "value" is null`,
  ],
]

for (const [what, files, problems] of refusals) {
  test(`${what} is refused in Zeebe's words`, async () => {
    const message = await refusedFiles(await given(), files)
    assert.equal(message.slice(message.indexOf('errors:\n') + 'errors:\n'.length), problems)
  })
}

test('records tell a deployment as Zeebe does', async () => {
  const engine = await given()
  await deployFiles(engine, { 'rules.dmn': rules, 'a.form': form('a') })
  const told = engine.records.map(({ valueType, intent, recordType }) => `${recordType} ${valueType} ${intent}`)
  assert.deepEqual(told, [
    'COMMAND DEPLOYMENT CREATE',
    'EVENT DECISION_REQUIREMENTS CREATED',
    'EVENT DECISION CREATED',
    'EVENT DECISION CREATED',
    'EVENT FORM CREATED',
    'EVENT DEPLOYMENT CREATED',
  ])
  const { decisionsMetadata, decisionRequirementsMetadata, formMetadata } = engine.records.at(-1)!.value as Record<
    string,
    unknown[]
  >
  assert.deepEqual([decisionsMetadata?.length, decisionRequirementsMetadata?.length, formMetadata?.length], [2, 1, 1])
})
