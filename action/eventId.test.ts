import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationEventId, runEventId, type StepIdentity } from './eventId.ts'

const step: StepIdentity = {
  runId: '7',
  job: 'apply',
  jobIndex: '0',
  step: '__self',
  inputs: { operation: 'UPSERT', table: 'a' },
}

test('a re-run repeats the id, in whatever order the inputs come', () => {
  assert.equal(runEventId({ ...step, inputs: { table: 'a', operation: 'UPSERT' } }), runEventId(step))
})

for (const [what, other] of Object.entries({
  run: { ...step, runId: '8' },
  job: { ...step, job: 'b' },
  'place in the matrix': { ...step, jobIndex: '1' },
  step: { ...step, step: '__self_2' },
  input: { ...step, inputs: { ...step.inputs, table: 'b' } },
})) {
  test(`another ${what} is another event`, () => assert.notEqual(runEventId(other), runEventId(step)))
}

test('an operation in a run with an event id adds its step and inputs to it, and nothing of the run', () => {
  assert.match(operationEventId('order-1', step), /^order-1-[0-9a-f]{64}$/)
  assert.equal(
    operationEventId('order-1', { ...step, runId: '8', job: 'b', jobIndex: '1' }),
    operationEventId('order-1', step),
  )
  assert.notEqual(operationEventId('order-1', { ...step, step: '__self_2' }), operationEventId('order-1', step))
})
