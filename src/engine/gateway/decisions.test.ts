import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZBClient } from 'zeebe-node'
import { decision, model as dmn, literal, table } from '../../dmn/testing/dmn.ts'
import { end, flow, model, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const rules = dmn(
  decision(
    'price',
    table(
      ['weight'],
      [
        ['<= 1', '5'],
        ['> 1', 'weight * 4'],
      ],
    ),
    { name: 'The price' },
  ),
  decision('checked', literal('assert(weight, weight > 0)')),
)
const process = model('proc', start(), end(), flow('start -> end'))

test('a deployment tells processes, decisions, requirements and forms, in this order', async (t) => {
  const { client } = await startTestEngine(t)
  const resources = Object.entries({ 'a.form': '{"id": "a"}', 'rules.dmn': rules, 'proc.bpmn': process })
  const { deployments } = (await client.call('DeployResource', {
    resources: resources.map(([name, content]) => ({ name, content: Buffer.from(content) })),
  })) as { deployments: Record<string, Record<string, unknown>>[] }
  const kinds = deployments.map((deployment) => deployment.Metadata as unknown as string)
  assert.deepEqual(kinds, ['process', 'decision', 'decision', 'decisionRequirements', 'form'])
  const told = deployments.find(({ decision: told }) => told?.dmnDecisionId === 'price')?.decision
  assert.equal(told?.dmnDecisionName, 'The price')
  assert.equal(told?.decisionRequirementsKey, deployments[3]?.decisionRequirements?.decisionRequirementsKey)
  assert.deepEqual([deployments[4]?.form?.formId, deployments[4]?.form?.version], ['a', 1])
})

test('EvaluateDecision tells inputs, rules and outputs as JSON', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'rules.dmn': rules })
  const variables = '{"weight": 2}'
  const response = await engine.client.call('EvaluateDecision', { decisionId: 'price', variables })
  assert.deepEqual([response.decisionOutput, response.decisionVersion, response.failureMessage], ['8', 1, ''])
  const [evaluated] = response.evaluatedDecisions as Record<string, unknown>[]
  assert.equal(evaluated?.decisionType, 'DECISION_TABLE')
  assert.equal(evaluated?.decisionKey, response.decisionKey)
  assert.deepEqual(evaluated?.evaluatedInputs, [{ inputId: 'input1', inputName: 'weight', inputValue: '2' }])
  const evaluatedOutputs = [{ outputId: 'output1', outputName: 'result', outputValue: '8' }]
  assert.deepEqual(evaluated?.matchedRules, [{ ruleId: 'rule2', ruleIndex: 2, evaluatedOutputs }])
})

test('a decision that fails is answered with the reason, and without an output', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'rules.dmn': rules })
  const response = await engine.client.call('EvaluateDecision', { decisionId: 'checked', variables: '' })
  assert.equal(response.failedDecisionId, 'checked')
  assert.match(String(response.failureMessage), /^Expected to evaluate decision 'checked', but /)
  assert.equal(response.decisionOutput, '')
})

test('a decision that is not there is refused, and so is another tenant', async (t) => {
  const { client } = await startTestEngine(t)
  const rejected = (reason: string) => ({
    code: 'INVALID_ARGUMENT',
    details: `Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': ${reason}`,
  })
  assert.deepEqual(
    await client.refusal('EvaluateDecision', { decisionId: 'x' }),
    rejected("Expected to evaluate decision 'x', but no decision found for id 'x'"),
  )
  assert.deepEqual(
    await client.refusal('EvaluateDecision', {}),
    rejected("Expected to evaluate decision '0', but no decision found for key '0'"),
  )
  assert.deepEqual(await client.refusal('EvaluateDecision', { decisionId: 'x', tenantId: 'y' }), {
    code: 'INVALID_ARGUMENT',
    details:
      "Expected to handle gRPC request EvaluateDecision with tenant identifier 'y', but multi-tenancy is disabled",
  })
})

test('DeleteResource takes requirements, processes and forms by their keys', async (t) => {
  const { client } = await startTestEngine(t)
  const files = Object.entries({ 'a.form': '{"id": "a"}', 'rules.dmn': rules, 'proc.bpmn': process })
  const resources = files.map(([name, content]) => ({ name, content: Buffer.from(content) }))
  const { deployments } = (await client.call('DeployResource', { resources })) as {
    deployments: Record<string, Record<string, unknown>>[]
  }
  const keys = deployments.flatMap(({ process, decisionRequirements, form }) =>
    [process?.processDefinitionKey, decisionRequirements?.decisionRequirementsKey, form?.formKey].filter(Boolean),
  )
  assert.equal(keys.length, 3)
  for (const resourceKey of keys) assert.deepEqual(await client.call('DeleteResource', { resourceKey }), {})
  for (const resourceKey of keys)
    assert.deepEqual(await client.refusal('DeleteResource', { resourceKey }), {
      code: 'NOT_FOUND',
      details: `Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete resource but no resource found with key \`${resourceKey}\``,
    })
})

test('zeebe-node deploys and evaluates a decision', async (t) => {
  const { address } = await startTestEngine(t)
  const client = new ZBClient(address, { loglevel: 'NONE', retry: false, useTLS: false })
  t.after(() => client.close())
  await client.deployResource({ decision: Buffer.from(rules), name: 'rules.dmn' })
  const { decisionOutput } = await client.evaluateDecision({ decisionId: 'price', variables: { weight: 1 } })
  assert.equal(JSON.parse(decisionOutput), 5)
})
