import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch } from '../runtime/batch.ts'
import { PollLines } from '../runtime/pollLines.ts'
import { ResultWaiters } from '../runtime/resultWaiters.ts'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'
import { createManualClock } from '../testing/manualClock.ts'

test('a defect of the engine is a record with the words and the place, after the command that is refused for it', async () => {
  const { state, ...engine } = await given(
    model('p', start(), serviceTask('work'), end(), flow('start -> work -> end')),
  )
  engine.create('p')
  const { key } = engine.job('work')
  const before = JSON.stringify([...state.elements.values()])
  state.models.clear()
  const faults: unknown[] = []
  const batch = new Batch(state, {
    clock: createManualClock(),
    polls: new PollLines(),
    results: new ResultWaiters(),
    isRecorded: () => true,
    banned: new Set(),
    onFault: (fault) => faults.push(fault),
  })
  const position = state.position + 1
  batch.decide([{ command: { type: 'CompleteJob', jobKey: key, variables: {} }, resolve: () => {}, reject: () => {} }])
  const [command, rejection, error, ...more] = batch.records
  assert.deepEqual(more, [])
  assert.deepEqual([command!.recordType, command!.intent, command!.position], ['COMMAND', 'COMPLETE', position])
  assert.deepEqual(
    [rejection!.recordType, rejection!.rejectionType, rejection!.sourceRecordPosition],
    ['COMMAND_REJECTION', 'PROCESSING_ERROR', position],
  )
  assert.deepEqual([error!.valueType, error!.intent, error!.value.errorEventPosition], ['ERROR', 'CREATED', position])
  const [fault] = faults as Error[]
  assert.deepEqual([error!.value.exceptionMessage, error!.value.stacktrace], [fault!.message, fault!.stack])
  assert.equal(JSON.stringify([...state.elements.values()]), before)
})
