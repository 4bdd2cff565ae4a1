import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createControlledClock } from '../runtime/controlledClock.ts'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { activation } from '../testing/gatewayClient.ts'
import { createManualClock } from '../testing/manualClock.ts'
import { startTestEngine, type TestEngine } from '../testing/testEngine.ts'

const work = model('work', start(), serviceTask('job'), end(), flow('start -> job -> end'))

/** The value of each series, by its name with its labels in alphabetical order. */
async function numbersOf(engine: TestEngine): Promise<Map<string, number>> {
  const text = await (await fetch(`${engine.management!.address}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)!
      const sorted =
        labels
          .match(/\w+="[^"]*"/g)
          ?.sort()
          .join(',') ?? ''
      return [`${name}{${sorted}}`, Number(value)]
    }),
  )
}

test('what instances, jobs and incidents did is counted under Zeebe’s names', async (t) => {
  const clock = createControlledClock(createManualClock())
  const engine = await startTestEngine(t, { management: { port: 0 }, clock })
  await engine.deploy({ 'work.bpmn': work })
  await engine.create('work')
  await engine.create('work')
  const [done, failed] = await engine.client.activate('job')
  clock.add(2_000)
  await engine.client.call('CompleteJob', { jobKey: done!.key })
  await engine.client.call('FailJob', { jobKey: failed!.key, retries: 0 })
  const numbers = await numbersOf(engine)
  const root = 'organizationId="null",partition="1",type="ROOT_PROCESS_INSTANCE"'
  for (const [name, value] of [
    [`zeebe_executed_instances_total{action="activated",${root}}`, 2],
    [`zeebe_executed_instances_total{action="completed",${root}}`, 1],
    ['zeebe_element_instance_events_total{action="completed",eventType="NONE",partition="1",type="START_EVENT"}', 2],
    [
      'zeebe_element_instance_events_total{action="activated",eventType="UNSPECIFIED",partition="1",type="SERVICE_TASK"}',
      2,
    ],
    ['zeebe_process_instance_creations_total{creation_mode="creation_at_default_start_event",partition="1"}', 2],
    ['zeebe_job_events_total{action="created",partition="1",type="job"}', 2],
    ['zeebe_job_events_total{action="activated",partition="1",type="job"}', 2],
    ['zeebe_job_events_total{action="completed",partition="1",type="job"}', 1],
    ['zeebe_job_events_total{action="failed",partition="1",type="job"}', 1],
    ['zeebe_incident_events_total{action="created",partition="1"}', 1],
    ['zeebe_pending_incidents_total{partition="1"}', 1],
    ['zeebe_buffered_messages_count{partition="1"}', 0],
    ['zeebe_health{partition="1"}', 1],
    ['zeebe_stream_processor_records_total{action="processed",partition="1"}', 6],
    ['zeebe_process_instance_execution_time_count{partition="1"}', 1],
    ['zeebe_process_instance_execution_time_sum{partition="1"}', 2],
    ['zeebe_job_life_time_sum{partition="1"}', 2],
    ['zeebe_job_activation_time_count{partition="1"}', 2],
    ['zeebe_stream_processor_batch_processing_commands_sum{partition="1"}', 6],
  ] as const)
    assert.equal(numbers.get(name), value, name)
  assert.ok(numbers.get('process_resident_memory_bytes{}')! > 1_000_000)
})

test('calls are counted with their codes, polls that wait by their type', async (t) => {
  const engine = await startTestEngine(t, { management: { port: 0 } })
  const poll = engine.client.stream('ActivateJobs', activation('job', { requestTimeout: 20_000 }))
  await engine.client.call('Topology')
  await engine.client.refusal('CancelProcessInstance', { processInstanceKey: 1 })
  const numbers = await numbersOf(engine)
  const call = 'grpc_service="gateway_protocol.Gateway",grpc_type'
  for (const [name, value] of [
    [`grpc_server_started_total{grpc_method="Topology",${call}="UNARY"}`, 1],
    [`grpc_server_started_total{grpc_method="ActivateJobs",${call}="SERVER_STREAMING"}`, 1],
    [`grpc_server_handled_total{code="OK",grpc_code="OK",grpc_method="Topology",${call}="UNARY"}`, 1],
    [
      `grpc_server_handled_total{code="NOT_FOUND",grpc_code="NOT_FOUND",grpc_method="CancelProcessInstance",${call}="UNARY"}`,
      1,
    ],
    [`grpc_server_handled_latency_seconds_count{grpc_method="Topology",${call}="UNARY"}`, 1],
    ['zeebe_long_polling_queued_current{type="job"}', 1],
  ] as const)
    assert.equal(numbers.get(name), value, name)
  poll.cancel()
})

test('Zeebe’s own path gives the same', async (t) => {
  const engine = await startTestEngine(t, { management: { port: 0 } })
  const response = await fetch(`${engine.management!.address}/actuator/prometheus`)
  assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/)
  assert.match(await response.text(), /^zeebe_health\{partition="1"\} 1$/m)
})
