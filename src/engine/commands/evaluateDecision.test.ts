import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decision, model as dmn, literal, table } from '../../dmn/testing/dmn.ts'
import { deployFiles, given, type TestEngine } from '../testing/engine.ts'

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
  ),
  decision('total', literal('price + 1'), { requires: ['price'] }),
  decision('checked', literal('assert(weight, weight > 0)')),
)

const evaluate = (engine: TestEngine, decisionId: string, variables = {}, decisionKey = -1) => {
  const { response } = engine.do({ type: 'EvaluateDecision', decisionId, decisionKey, variables })
  assert.ok(response.type === 'EvaluateDecision')
  return response.evaluation
}

async function withRules(): Promise<TestEngine> {
  const engine = await given()
  await deployFiles(engine, { 'rules.dmn': rules })
  return engine
}

test('a decision is evaluated by its id, with what it requires', async () => {
  const engine = await withRules()
  const { output, evaluated } = evaluate(engine, 'total', { weight: 2 })
  assert.equal(output, 9)
  assert.deepEqual(
    evaluated.map(({ id, version, output }) => [id, version, output]),
    [
      ['price', 1, 8],
      ['total', 1, 9],
    ],
  )
})

test('a key names a version, an id the latest one', async () => {
  const engine = await withRules()
  const old = engine.state.decisions.in('byId', 'price').at(-1)!
  await deployFiles(engine, { 'rules.dmn': rules.replace("'5'", "'6'").replace('<text>5<', '<text>6<') })
  assert.equal(evaluate(engine, '', { weight: 1 }, old.key).output, 5)
  assert.equal(evaluate(engine, 'price', { weight: 1 }).output, 6)
})

test('that a decision fails is an answer', async () => {
  const engine = await withRules()
  const { failure, output } = evaluate(engine, 'checked', { weight: 0 })
  assert.equal(output, null)
  assert.equal(failure?.decisionId, 'checked')
  assert.match(failure!.message, /^Expected to evaluate decision 'checked', but Assertion failure on evaluate/)
  assert.equal(engine.records.at(-1)?.intent, 'FAILED')
})

test('what is not deployed is refused', async () => {
  const engine = await withRules()
  const refused = (decisionId: string, decisionKey: number) =>
    engine.refused({ type: 'EvaluateDecision', decisionId, decisionKey, variables: {} })
  const prefix = "Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': "
  assert.deepEqual(refused('nothing', -1), {
    code: 'INVALID_ARGUMENT',
    message: `${prefix}Expected to evaluate decision 'nothing', but no decision found for id 'nothing'`,
  })
  assert.equal(refused('', 7).message, `${prefix}Expected to evaluate decision '7', but no decision found for key '7'`)
  assert.equal(
    refused('', -1).message,
    `${prefix}Expected either a decision id or a valid decision key, but none provided`,
  )
})

test('decisions are evaluated after a restart', async () => {
  const engine = await withRules()
  await engine.restart()
  assert.equal(evaluate(engine, 'total', { weight: 1 }).output, 6)
})
