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

test('decisions that double with each are stopped', async () => {
  const twice = { requires: ['d0', 'd0'] }
  const chain = Array.from({ length: 40 }, (_, at) =>
    decision(`d${at + 1}`, literal(`d${at}`), { requires: [`d${at}`, `d${at}`] }),
  )
  const result = await decide(
    model(decision('d0', literal('1')), ...chain, decision('e', literal('d0'), twice)),
    'd40',
    {},
  )
  const failure = "Expected to evaluate decision 'd40', but it took more than 5000000 steps"
  assert.equal(result.failure, failure)
  assert.ok(result.evaluated.length <= 10_000)
})

test('functions that double with each are stopped', async () => {
  const entry = (name: string, text: string) =>
    `<contextEntry><variable name="${name}"/><functionDefinition><formalParameter name="x"/>${literal(text)}</functionDefinition></contextEntry>`
  const chain = Array.from({ length: 40 }, (_, at) => entry(`f${at + 1}`, `f${at}(x) + f${at}(x)`))
  const last = `<contextEntry>${literal('f40(1)')}</contextEntry>`
  const result = await decide(
    model(decision('d', `<context>${entry('f0', 'x')}${chain.join('')}${last}</context>`)),
    'd',
    {},
  )
  assert.match(result.failure ?? '', /it took more than 5000000 steps$/)
})

test('logic that is nested without end is refused', async () => {
  const nested = '<list>'.repeat(1_000) + '</list>'.repeat(1_000)
  assert.ok('refused' in (await compileModel(model(decision('d', nested)))))
})
