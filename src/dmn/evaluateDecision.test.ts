import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileModel } from './compileModel.ts'
import { evaluateDecision } from './evaluateDecision.ts'
import { decision, literal, model, table } from './testing/dmn.ts'

const shop = model(
  decision(
    'shipping',
    table(
      ['weight'],
      [
        ['<= 1', '5'],
        ['> 1', '5 + weight'],
      ],
    ),
  ),
  decision('total', literal('price + shipping'), { requires: ['shipping'] }),
)

async function decide(xml: string, id: string, variables: Record<string, unknown>) {
  const compiled = await compileModel(xml)
  assert.ok('model' in compiled)
  return evaluateDecision(compiled.model, id, variables, 0)
}

test('a required decision is evaluated first, and its result is a variable', async () => {
  const result = await decide(shop, 'total', { price: 10, weight: 3 })
  assert.equal(result.failure === undefined && result.output, 18)
  assert.deepEqual(
    result.evaluated.map(({ id, type, output }) => [id, type, output]),
    [
      ['shipping', 'DECISION_TABLE', 8],
      ['total', 'LITERAL_EXPRESSION', 18],
    ],
  )
})

test('a table tells its inputs, the rules that matched and their outputs', async () => {
  const { evaluated } = await decide(shop, 'shipping', { weight: 3 })
  assert.deepEqual(evaluated[0]?.inputs, [{ id: 'input1', name: 'weight', value: 3 }])
  const outputs = [{ id: 'output1', name: 'result', value: 8 }]
  assert.deepEqual(evaluated[0]?.matchedRules, [{ id: 'rule2', index: 2, outputs }])
})

test('a failure says which decision was asked for and which one failed', async () => {
  const xml = model(decision('a', literal('assert(x, x > 0)')), decision('b', literal('a'), { requires: ['a'] }))
  const result = await decide(xml, 'b', { x: 0 })
  assert.ok(result.failure !== undefined)
  assert.equal(result.failedDecisionId, 'a')
  const reason = "Assertion failure on evaluate the expression 'assert(x, x > 0)': The condition is not fulfilled"
  assert.equal(result.failure, `Expected to evaluate decision 'b', but ${reason}`)
})

test('a decision that is not in the file fails by its own id', async () => {
  const result = await decide(shop, 'nothing', {})
  const failure = "Expected to evaluate decision 'nothing', but no decision found with id 'nothing'"
  assert.deepEqual(result, { failure, failedDecisionId: 'nothing', evaluated: [] })
})
