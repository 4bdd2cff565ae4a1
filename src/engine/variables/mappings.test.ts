import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const withInputs = (inputs: Record<string, string>) =>
  model('order', start(), serviceTask('ship', 'ship', { inputs }), end(), flow('start -> ship -> end'))

test('a mapping sees the date that one before it made as a date, and the job sees both as texts', async () => {
  const engine = await given(
    withInputs({ 'plan.from': '=date("2026-01-31")', 'plan.to': '=from + duration("P1M")', third: '=1 / 3 * 3' }),
  )
  engine.create('order')
  assert.deepEqual(engine.job('ship').variables, { plan: { from: '2026-01-31', to: '2026-02-28' }, third: 1 })
})

test('a mapping that fails names all of them, as the one context that they are to the real engine', async () => {
  const engine = await given(withInputs({ a: '=1', b: '=assert(a, a > 5, "too small")' }))
  engine.create('order')
  const { type, message } = engine.incident()
  assert.equal(type, 'IO_MAPPING_ERROR')
  assert.match(
    message,
    /^Assertion failure on evaluate the expression '\{a:1,b:assert\(a, a > 5, "too small"\)\}': too small/,
  )
})
