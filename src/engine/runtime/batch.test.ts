import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Key } from '../key.ts'
import { nextDue } from '../state/state.ts'
import { end, flow, model, serviceTask, start, timerCatch } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'
import { createManualClock } from '../testing/manualClock.ts'
import { Batch } from './batch.ts'
import { PollLines } from './pollLines.ts'
import { ResultWaiters } from './resultWaiters.ts'

const waits = (id: string) =>
  model(
    id,
    start(),
    timerCatch('t', { duration: 'PT1M' }),
    serviceTask('work', id),
    end(),
    flow('start -> t -> work -> end'),
  )

test('an instance at whose timer the engine fails is left out from then on, and the others’ timers fire', async () => {
  const { state, ...engine } = await given(waits('broken'), waits('whole'))
  const broken = engine.create('broken')
  engine.create('whole')
  state.models.delete(state.elements.get(broken)!.processDefinitionKey)
  const banned = new Set<Key>()
  const faults: unknown[] = []
  const clock = createManualClock(engine.now + 60_000)
  const newBatch = () =>
    new Batch(state, {
      clock,
      banned,
      polls: new PollLines(),
      results: new ResultWaiters(),
      isRecorded: () => true,
      onFault: (fault) => faults.push(fault),
    })
  const tick = () => {
    const answers: unknown[] = []
    const batch = newBatch()
    batch.decide([
      { command: { type: 'Tick' }, resolve: (answer) => answers.push(answer), reject: (error) => faults.push(error) },
    ])
    batch.settle()
    return { batch, answers }
  }

  const first = tick()
  const [error] = first.batch.records
  assert.deepEqual([error!.valueType, error!.value.processInstanceKey], ['ERROR', broken])
  assert.deepEqual([[...banned], faults.length, first.batch.stuck], [[broken], 1, false])
  assert.deepEqual(first.answers, [{ type: 'Tick', happened: true }])

  const second = tick()
  assert.ok(second.batch.records.some(({ intent, value }) => intent === 'CREATED' && value.type === 'whole'))
  assert.deepEqual([second.batch.stuck, faults.length, nextDue(state, banned)], [false, 1, undefined])
  assert.ok(state.timers.size === 1, 'the broken one’s timer is still there')
})
