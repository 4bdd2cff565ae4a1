import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callActivity, end, flow, model, serviceTask, start, subProcess } from '../testing/bpmn.ts'
import { startTestEngine, type TestEngine } from '../testing/testEngine.ts'

const process = model(
  'p',
  start(),
  serviceTask('first'),
  subProcess('sub', {}, start('s'), serviceTask('inner'), end('e'), flow('s -> inner -> e')),
  end(),
  flow('start -> first -> sub -> end'),
)

/** The jobs of a type, as their variables, their elements and instances. */
async function jobs(engine: TestEngine, type: string) {
  const request = { type, worker: 'w', timeout: 60_000, maxJobsToActivate: 10, requestTimeout: -1 }
  const replies = await engine.client.stream('ActivateJobs', request).all
  return replies.flatMap((reply) => reply.jobs as { key: number; variables: string; elementInstanceKey: number }[])
}

test('CreateProcessInstance starts at the elements that it names', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'p.bpmn': process })
  const request = { bpmnProcessId: 'p', version: -1, startInstructions: [{ elementId: 'inner' }] }
  await engine.client.call('CreateProcessInstance', request)
  assert.equal((await jobs(engine, 'inner')).length, 1)
  assert.deepEqual(
    await engine.client.refusal('CreateProcessInstance', { ...request, startInstructions: [{ elementId: 'x' }] }),
    {
      code: 'INVALID_ARGUMENT',
      details:
        "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but no element found with id 'x'.",
    },
  )
})

test('ModifyProcessInstance puts elements in, with variables, and takes others out', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'p.bpmn': process })
  const processInstanceKey = await engine.create('p')
  const [first] = await jobs(engine, 'first')
  await engine.client.call('ModifyProcessInstance', {
    processInstanceKey,
    activateInstructions: [{ elementId: 'inner', variableInstructions: [{ variables: '{"x":1}', scopeId: 'sub' }] }],
    terminateInstructions: [{ elementInstanceKey: first?.elementInstanceKey }],
  })
  assert.deepEqual(
    (await jobs(engine, 'inner')).map(({ variables }) => JSON.parse(variables)),
    [{ x: 1 }],
  )
  assert.deepEqual(await engine.client.refusal('ModifyProcessInstance', { processInstanceKey: 7 }), {
    code: 'NOT_FOUND',
    details:
      "Command 'MODIFY' rejected with code 'NOT_FOUND': Expected to modify process instance but no process instance found with key '7'",
  })
})

test('the result of a call is the caller’s, and a called instance is not cancelled', async (t) => {
  const engine = await startTestEngine(t)
  const caller = model('caller', start(), callActivity('call', 'p'), end(), flow('start -> call -> end'))
  await engine.deploy({ 'p.bpmn': process, 'caller.bpmn': caller })
  const result = engine.client.call('CreateProcessInstanceWithResult', {
    request: { bpmnProcessId: 'caller', version: -1, variables: '{"a":1}' },
    requestTimeout: 10_000,
  })
  const poll = { worker: 'w', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 10_000 }
  for (const type of ['first', 'inner']) {
    const reply = await engine.client.stream('ActivateJobs', { ...poll, type }).first
    const [job] = reply!.jobs as { key: number; processInstanceKey: number }[]
    const { processInstanceKey } = job!
    const refused = await engine.client.refusal('CancelProcessInstance', { processInstanceKey })
    assert.equal(refused.code, 'FAILED_PRECONDITION')
    await engine.client.call('CompleteJob', { jobKey: job!.key, variables: `{"${type}":true}` })
  }
  const { bpmnProcessId, variables } = await result
  assert.equal(bpmnProcessId, 'caller')
  assert.deepEqual(JSON.parse(variables as string), { a: 1, first: true, inner: true })
})

test('MigrateProcessInstance carries a running instance over to another definition', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'p.bpmn': process })
  const processInstanceKey = await engine.create('p')
  const [job] = await jobs(engine, 'first')
  const resources = [{ name: 'q.bpmn', content: Buffer.from(process.replaceAll('"p"', '"q"')) }]
  const { deployments } = await engine.client.call('DeployResource', { resources })
  const [{ process: deployed }] = deployments as [{ process: { processDefinitionKey: number } }]
  const migrationPlan = {
    targetProcessDefinitionKey: deployed.processDefinitionKey,
    mappingInstructions: [{ sourceElementId: 'first', targetElementId: 'first' }],
  }
  await engine.client.call('MigrateProcessInstance', { processInstanceKey, migrationPlan })
  await engine.client.call('CompleteJob', { jobKey: job!.key, variables: '' })
  const [next] = (await jobs(engine, 'inner')) as unknown as { bpmnProcessId: string }[]
  assert.equal(next!.bpmnProcessId, 'q')
  assert.deepEqual(await engine.client.refusal('MigrateProcessInstance', { processInstanceKey: 7, migrationPlan }), {
    code: 'NOT_FOUND',
    details:
      "Command 'MIGRATE' rejected with code 'NOT_FOUND': Expected to migrate process instance but no process instance found with key '7'",
  })
})
