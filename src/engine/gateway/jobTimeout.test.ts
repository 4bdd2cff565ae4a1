import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createControlledClock } from '../runtime/controlledClock.ts'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { createManualClock } from '../testing/manualClock.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const work = model('work', start(), serviceTask('job'), end(), flow('start -> job -> end'))

test('a worker that asks for more time has it from then on, and no other gets its job meanwhile', async (t) => {
  const clock = createControlledClock(createManualClock())
  const engine = await startTestEngine(t, { clock })
  const pass = async (milliseconds: number) => {
    clock.add(milliseconds)
    await engine.catchUp()
    return engine.client.activate('job')
  }
  await engine.deploy({ 'work.bpmn': work })
  await engine.create('work')
  const [job] = await engine.client.activate('job', { timeout: 60_000 })
  assert.deepEqual(await pass(50_000), [])
  await engine.client.call('UpdateJobTimeout', { jobKey: job!.key, timeout: 100_000 })
  assert.deepEqual(await pass(99_999), [])
  assert.deepEqual(
    (await pass(1)).map(({ key }) => key),
    [job!.key],
  )
})

test('a client’s own number for its command is in the records of all that came of it', async (t) => {
  const engine = await startTestEngine(t, { records: {} })
  await engine.deploy({ 'work.bpmn': work })
  await engine.client.call('CreateProcessInstance', { bpmnProcessId: 'work', version: -1, operationReference: 17 })
  await engine.client.refusal('CancelProcessInstance', { processInstanceKey: 1, operationReference: 18 })
  await engine.create('work')
  const references = new Map<number, Set<number>>()
  for await (const { json } of engine.records.read({ follow: false })) {
    const { position, sourceRecordPosition, operationReference } = JSON.parse(json)
    const command = sourceRecordPosition === -1 ? position : sourceRecordPosition
    references.set(command, (references.get(command) ?? new Set()).add(operationReference))
  }
  assert.deepEqual(
    [...references.values()].map((found) => [...found]),
    [[-1], [17], [18], [-1]],
  )
})
