import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ZBClient } from 'zeebe-node'
import {
  end,
  errorBoundary,
  flow,
  messageCatch,
  model,
  serviceTask,
  signalCatch,
  start,
  timerBoundary,
  userTask,
} from '../testing/bpmn.ts'
import { createManualClock } from '../testing/manualClock.ts'
import { startTestEngine, type TestEngine } from '../testing/testEngine.ts'

/* The engine as zeebe-node 8.3.2 sees it, by its public methods alone. */

function connect(t: TestContext, { address }: TestEngine): ZBClient {
  const client = new ZBClient(address, {
    loglevel: 'NONE',
    retry: false,
    useTLS: false,
    longPoll: 2_000,
    pollInterval: 20,
  })
  t.after(() => client.close())
  return client
}

const straight = (type = 'work') =>
  model('straight', start(), serviceTask('task', type), end(), flow('start -> task -> end'))

function deploy(client: ZBClient, name: string, xml: string) {
  return client.deployResource({ process: Buffer.from(xml), name: `${name}.bpmn` })
}

test('zeebe-node sees one broker with one healthy partition', async (t) => {
  const engine = await startTestEngine(t)
  const topology = await connect(t, engine).topology()
  assert.equal(topology.clusterSize, 1)
  assert.equal(topology.brokers[0]!.port, engine.port)
  assert.deepEqual(
    topology.brokers[0]!.partitions.map(({ role, health }) => [role, health]),
    [['LEADER', 'HEALTHY']],
  )
})

test('a deployment gets a version, and the same file the same one', async (t) => {
  const client = connect(t, await startTestEngine(t))
  const first = await deploy(client, 'straight', straight())
  const again = await deploy(client, 'straight', straight())
  const other = await deploy(client, 'straight', straight('other'))
  const old = await client.deployProcess({ definition: Buffer.from(straight('third')), name: 'straight.bpmn' })
  const process = (of: typeof first) =>
    (of.deployments[0] as { process: { version: number; processDefinitionKey: string } }).process
  assert.deepEqual(
    [first, again, other].map((of) => process(of).version),
    [1, 1, 2],
  )
  assert.equal(process(again).processDefinitionKey, process(first).processDefinitionKey)
  assert.equal(old.processes[0]!.version, 3)
})

test('an instance runs through a worker, and its result has what the worker gave', async (t) => {
  const client = connect(t, await startTestEngine(t))
  await deploy(client, 'straight', straight())
  client.createWorker({
    taskType: 'work',
    taskHandler: (job) => job.complete({ sum: (job.variables as { a: number }).a + 1, worker: job.worker }),
    loglevel: 'NONE',
  })
  const result = await client.createProcessInstanceWithResult({
    bpmnProcessId: 'straight',
    variables: { a: 1 },
    requestTimeout: 5_000,
  })
  assert.equal(result.bpmnProcessId, 'straight')
  assert.deepEqual({ ...result.variables, worker: 'w' }, { a: 1, sum: 2, worker: 'w' })
})

test('a task list takes user tasks as jobs, with who is to do them in the headers', async (t) => {
  const client = connect(t, await startTestEngine(t))
  const task = userTask('approve', { assignee: '=boss', candidateGroups: 'accounting', form: { formKey: 'f' } })
  await deploy(client, 'approval', model('approval', start(), task, end(), flow('start -> approve -> end')))
  client.createWorker({
    taskType: 'io.camunda.zeebe:userTask',
    taskHandler: (job) => job.complete({ seen: job.customHeaders }),
    loglevel: 'NONE',
  })
  const { variables } = await client.createProcessInstanceWithResult({
    bpmnProcessId: 'approval',
    variables: { boss: 'ann' },
    requestTimeout: 5_000,
  })
  assert.deepEqual(variables.seen, {
    'io.camunda.zeebe:assignee': 'ann',
    'io.camunda.zeebe:candidateGroups': '["accounting"]',
    'io.camunda.zeebe:formKey': 'f',
  })
})

test('only the variables that are asked for are fetched', async (t) => {
  const engine = await startTestEngine(t)
  const client = connect(t, engine)
  await deploy(client, 'straight', straight())
  const result = client.createProcessInstanceWithResult({
    bpmnProcessId: 'straight',
    variables: { a: 1, b: 2 },
    fetchVariables: ['b', 'nowhere'],
    requestTimeout: 5_000,
  })
  const [job] = await engine.client.activate('work', { fetchVariable: ['a', 'nowhere'], requestTimeout: 5_000 })
  assert.equal(job!.variables, '{"a":1}')
  await client.completeJob({ jobKey: String(job!.key), variables: {} })
  assert.deepEqual((await result).variables, { b: 2 })
})

test('a worker that fails a job with a back-off gets it again after it, with the retries that it set', async (t) => {
  const clock = createManualClock()
  const engine = await startTestEngine(t, { clock })
  const client = connect(t, engine)
  await deploy(client, 'straight', straight())
  await client.createProcessInstance({ bpmnProcessId: 'straight', variables: {} })
  const [job] = await engine.client.activate('work')
  await client.failJob({ jobKey: String(job!.key), retries: 2, errorMessage: 'no paper', retryBackOff: 30_000 })
  assert.deepEqual(await engine.client.activate('work'), [])
  const waiting = engine.client.activate('work', { requestTimeout: 5_000 })
  clock.advance(30_000)
  const [again] = await waiting
  assert.equal(again!.key, job!.key)
  assert.equal(again!.retries, 2)
})

test('a job that its worker does not answer in time goes to another, under the same key', async (t) => {
  const clock = createManualClock()
  const engine = await startTestEngine(t, { clock })
  await engine.deploy({ 'straight.bpmn': straight() })
  await engine.create('straight')
  const [job] = await engine.client.activate('work', { timeout: 5_000, worker: 'slow' })
  clock.advance(4_999)
  assert.deepEqual(await engine.client.activate('work'), [])
  const waiting = engine.client.activate('work', { worker: 'next', requestTimeout: 5_000 })
  clock.advance(1)
  const [again] = await waiting
  assert.equal(again!.key, job!.key)
  assert.equal(again!.worker, 'next')
})

test('an error that a worker throws is caught by its boundary event', async (t) => {
  const client = connect(t, await startTestEngine(t))
  const xml = model(
    'throwing',
    start(),
    serviceTask('task', 'work'),
    errorBoundary('declined', 'task', 'DECLINED', { outputs: { why: '=reason' } }),
    end(),
    end('end2'),
    flow('start -> task -> end'),
    flow('declined -> end2'),
  )
  await deploy(client, 'throwing', xml)
  client.createWorker({
    taskType: 'work',
    taskHandler: (job) =>
      job.error({ errorCode: 'DECLINED', errorMessage: 'no', variables: { reason: 'no money' } } as never),
    loglevel: 'NONE',
  })
  const result = await client.createProcessInstanceWithResult({
    bpmnProcessId: 'throwing',
    variables: {},
    requestTimeout: 5_000,
  })
  assert.deepEqual(result.variables, { why: 'no money' })
})

test('a message is kept until its instance waits for it, and taken once', async (t) => {
  const client = connect(t, await startTestEngine(t))
  await deploy(
    client,
    'waiting',
    model('waiting', start(), messageCatch('wait', 'PAID', '=order'), end(), flow('start -> wait -> end')),
  )
  const message = {
    name: 'PAID',
    correlationKey: '7',
    messageId: 'pay-7',
    variables: { amount: 3 },
    timeToLive: 60_000,
  }
  await client.publishMessage(message)
  await assert.rejects(client.publishMessage(message), { code: 6 })
  const create = (order: string, requestTimeout: number) =>
    client.createProcessInstanceWithResult({ bpmnProcessId: 'waiting', variables: { order }, requestTimeout })
  assert.deepEqual((await create('7', 5_000)).variables, { order: '7', amount: 3 })
  await assert.rejects(create('7', 200), { code: 4 })
  await assert.rejects(client.publishMessage(message), { code: 6 }, 'the id is known although the message was taken')
})

test('a signal that a client tells reaches the instance that waits, and who waits for the answer gets a key', async (t) => {
  const client = connect(t, await startTestEngine(t))
  const heard = signalCatch('heard', 'ALARM')
  await deploy(
    client,
    'waiting',
    model('waiting', start(), heard, serviceTask('task', 'work'), flow('start -> heard -> task')),
  )
  await client.createProcessInstance({ bpmnProcessId: 'waiting', variables: {} })
  const told = await client.broadcastSignal({ signalName: 'ALARM', variables: { where: 'here' } })
  assert.match(told.key, /^\d{16,}$/)
  const poll = { type: 'work', worker: 'a worker', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 10_000 }
  const [job] = await client.activateJobs(poll)
  assert.deepEqual(job?.variables, { where: 'here' })
})

test('an incident is listed, and after its job got retries it is resolved', async (t) => {
  const engine = await startTestEngine(t)
  const client = connect(t, engine)
  await deploy(client, 'straight', straight())
  const result = client.createProcessInstanceWithResult({
    bpmnProcessId: 'straight',
    variables: {},
    requestTimeout: 5_000,
  })
  const [job] = await engine.client.activate('work', { requestTimeout: 5_000 })
  await client.failJob({ jobKey: String(job!.key), retries: 0, errorMessage: 'out of paper', retryBackOff: 0 })
  const { incidents } = (await engine.client.call('ListIncidents')) as { incidents: Record<string, unknown>[] }
  assert.equal(incidents.length, 1)
  const { key, ...incident } = incidents[0]!
  assert.deepEqual(incident, {
    type: 'JOB_NO_RETRIES',
    message: 'out of paper',
    bpmnProcessId: 'straight',
    processInstanceKey: job!.processInstanceKey,
    elementId: 'task',
    jobKey: job!.key,
  })
  const elsewhere = await engine.client.call('ListIncidents', { processInstanceKey: 1 })
  assert.deepEqual(elsewhere, { incidents: [] })
  await client.updateJobRetries({ jobKey: String(job!.key), retries: 1 })
  assert.deepEqual(await engine.client.activate('work'), [], 'retries alone free no job')
  await client.resolveIncident({ incidentKey: String(key) })
  const [again] = await engine.client.activate('work', { requestTimeout: 5_000 })
  await client.completeJob({ jobKey: String(again!.key), variables: { done: true } })
  assert.deepEqual((await result).variables, { done: true })
  assert.deepEqual(await engine.client.call('ListIncidents'), { incidents: [] })
})

test('a cancelled instance takes its job with it', async (t) => {
  const engine = await startTestEngine(t)
  const client = connect(t, engine)
  await deploy(client, 'straight', straight())
  const { processInstanceKey } = await client.createProcessInstance({ bpmnProcessId: 'straight', variables: {} })
  const [job] = await engine.client.activate('work')
  await client.cancelProcessInstance(processInstanceKey)
  await assert.rejects(client.completeJob({ jobKey: String(job!.key), variables: {} }), { code: 5 })
  await assert.rejects(client.cancelProcessInstance(processInstanceKey), { code: 5 })
})

test('variables that are set reach the job', async (t) => {
  const engine = await startTestEngine(t)
  const client = connect(t, engine)
  await deploy(client, 'straight', straight())
  const { processInstanceKey } = await client.createProcessInstance({ bpmnProcessId: 'straight', variables: { a: 1 } })
  await client.setVariables({ elementInstanceKey: processInstanceKey, variables: { a: 2, b: 3 }, local: false })
  const [job] = await engine.client.activate('work')
  assert.deepEqual(JSON.parse(job!.variables), { a: 2, b: 3 })
})

test('two workers share the jobs: none is done twice, none is left', async (t) => {
  const client = connect(t, await startTestEngine(t))
  await deploy(client, 'straight', straight())
  const seen: string[] = []
  const worker = () =>
    client.createWorker({
      taskType: 'work',
      maxJobsToActivate: 3,
      taskHandler: (job) => {
        seen.push(job.key)
        return job.complete()
      },
      loglevel: 'NONE',
    })
  worker()
  worker()
  const create = () =>
    client.createProcessInstanceWithResult({ bpmnProcessId: 'straight', variables: {}, requestTimeout: 8_000 })
  await Promise.all(Array.from({ length: 40 }, create))
  assert.equal(seen.length, 40)
  assert.equal(new Set(seen).size, 40)
})

test('a timer that comes due wakes the engine, and a job that it makes wakes the worker', async (t) => {
  const clock = createManualClock()
  const engine = await startTestEngine(t, { clock })
  const client = connect(t, engine)
  const xml = model(
    'reminded',
    start(),
    serviceTask('task', 'work'),
    timerBoundary('late', 'task', { duration: 'PT1H' }, { interrupting: false }),
    serviceTask('remind', 'remind'),
    end(),
    end('end2'),
    flow('start -> task -> end'),
    flow('late -> remind -> end2'),
  )
  await deploy(client, 'reminded', xml)
  await client.createProcessInstance({ bpmnProcessId: 'reminded', variables: {} })
  const reminded = new Promise<string>((resolve) => {
    client.createWorker({
      taskType: 'remind',
      taskHandler: async (job) => {
        const done = await job.complete()
        resolve(job.elementId)
        return done
      },
      loglevel: 'NONE',
    })
  })
  clock.advance(3_600_000)
  assert.equal(await reminded, 'remind')
})

test('a model that the engine cannot execute is refused with the element and the reason', async (t) => {
  const client = connect(t, await startTestEngine(t))
  const xml = model(
    'scripted',
    start(),
    {
      inside:
        '<bpmn:complexGateway id="strange"><bpmn:incoming>start_strange</bpmn:incoming><bpmn:outgoing>strange_end</bpmn:outgoing></bpmn:complexGateway>',
    },
    end(),
    flow('start -> strange -> end'),
  )
  await assert.rejects(deploy(client, 'scripted', xml), (error: { code: number; details: string }) => {
    assert.equal(error.code, 3)
    assert.match(error.details, /'scripted\.bpmn'.*strange/s)
    return true
  })
})

test('a worker that is there before the process gets its jobs', async (t) => {
  const client = connect(t, await startTestEngine(t))
  client.createWorker({
    taskType: 'work',
    taskHandler: (job) => job.complete({ by: 'the early one' }),
    loglevel: 'NONE',
  })
  await deploy(client, 'straight', straight())
  const result = await client.createProcessInstanceWithResult({
    bpmnProcessId: 'straight',
    variables: {},
    requestTimeout: 5_000,
  })
  assert.deepEqual(result.variables, { by: 'the early one' })
})
