import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyBase } from '../command.ts'
import { end, flow, messageCatch, model, serviceTask, start } from '../testing/bpmn.ts'
import { deploy, given } from '../testing/engine.ts'

const work = model('work', start(), serviceTask('job'), end(), flow('start -> job -> end'))

test('the same content again makes no new version; other content does, and latest means the highest', async () => {
  const engine = await given(work)
  const again = (await deploy(engine, work)).response
  assert.ok(again.type === 'DeployResource')
  assert.deepEqual(again.processes, [
    { bpmnProcessId: 'work', version: 1, processDefinitionKey: keyBase + 2, resourceName: 'work.bpmn' },
  ])
  await deploy(engine, work.replace('<bpmn:process', '\n<bpmn:process'))
  const create = (version?: number) =>
    engine.do({ type: 'CreateProcessInstance', bpmnProcessId: 'work', version, variables: {} }).response
  assert.equal((create(-1) as { version: number }).version, 2)
  assert.equal((create(1) as { version: number }).version, 1)
})

test('what cannot be created is refused in the real words', async () => {
  const engine = await given(work)
  const refusal = (command: { bpmnProcessId?: string; version?: number; processDefinitionKey?: number }) =>
    engine.refused({ type: 'CreateProcessInstance', variables: {}, ...command })
  assert.deepEqual(refusal({ bpmnProcessId: 'nope' }), {
    code: 'NOT_FOUND',
    message:
      "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nope', but none found",
  })
  assert.match(
    refusal({ bpmnProcessId: 'work', version: 7 }).message,
    /with process ID 'work' and version '7', but none found$/,
  )
  assert.match(refusal({ processDefinitionKey: 7 }).message, /with key '7', but none found$/)
})

test('the same process in two files of a deployment is refused', async () => {
  const engine = await given(work)
  await assert.rejects(deploy(engine, work, work), /Duplicated process id in resources 'work.bpmn' and 'work.bpmn'/)
})

test('a job that is not there, and one that waits for an operator', async () => {
  const engine = await given(work)
  engine.create('work')
  const { key: jobKey } = engine.job('job')
  const failed = {
    type: 'FailJob',
    jobKey,
    retries: 0,
    errorMessage: '',
    retryBackOff: 0,
    variables: { v: 1 },
  } as const
  engine.do(failed)
  assert.equal(engine.incident().message, 'No more retries left.')
  assert.deepEqual(engine.variables('job'), { v: 1 })
  assert.match(engine.refused(failed).message, /Expected to fail job with key '\d+', but it is in state 'FAILED'$/)
  assert.equal(engine.refused({ type: 'CompleteJob', jobKey: 1, variables: {} }).code, 'NOT_FOUND')
  assert.match(
    engine.refused({ type: 'ThrowError', jobKey: 1, errorCode: 'E', errorMessage: '', variables: {} }).message,
    /Expected to throw an error for job with key '1', but no such job was found$/,
  )
  assert.deepEqual(engine.refused({ type: 'UpdateJobRetries', jobKey, retries: 0 }), {
    code: 'INVALID_ARGUMENT',
    message: `Command 'UPDATE_RETRIES' rejected with code 'INVALID_ARGUMENT': Expected to update retries for job with key '${jobKey}' with a positive amount of retries, but the amount given was '0'`,
  })
})

test('a failed job with retries comes again, after its back-off; a job that timed out keeps its key', async () => {
  const engine = await given(work)
  engine.create('work')
  const first = engine.job('job')
  engine.do({ type: 'FailJob', jobKey: first.key, retries: 2, errorMessage: 'x', retryBackOff: 5_000, variables: {} })
  assert.equal(engine.jobs('job').length, 0)
  await engine.restart()
  const ticked = engine.advance(5_000)
  assert.deepEqual([...ticked.availableJobTypes], ['job'])
  const second = engine.job('job')
  assert.deepEqual([second.key, second.retries], [first.key, 2])
  engine.advance(59_999)
  assert.equal(engine.jobs('job').length, 0)
  engine.advance(1)
  assert.equal(engine.job('job').key, first.key)
})

test('jobs come oldest first, as many as asked for, with the variables asked for', async () => {
  const engine = await given(work)
  for (const n of [1, 2, 3]) engine.create('work', { n, other: true })
  const { response } = engine.do({
    type: 'ActivateJobs',
    jobType: 'job',
    worker: 'w',
    timeout: 1_000,
    maxJobsToActivate: 2,
    fetchVariables: ['n'],
  })
  assert.ok(response.type === 'ActivateJobs')
  assert.deepEqual(
    response.jobs.map((job) => job.variables),
    [{ n: 1 }, { n: 2 }],
  )
  assert.equal(response.jobs[0]?.deadline, engine.now + 1_000)
  const asked = {
    type: 'ActivateJobs',
    jobType: '',
    worker: '',
    timeout: 1,
    maxJobsToActivate: 1,
    fetchVariables: [],
  } as const
  assert.match(engine.refused(asked).message, /with type to be present, but it was blank$/)
  assert.match(
    engine.refused({ ...asked, jobType: 'x', timeout: 0 }).message,
    /with timeout to be greater than zero, but it was '0'$/,
  )
})

test('variables are set where they are known, or locally; on what is gone they are refused', async () => {
  const engine = await given(
    model('vars', start(), serviceTask('job', 'job', { inputs: { n: '=1' } }), end(), flow('start -> job -> end')),
  )
  const key = engine.create('vars', { p: 1 })
  const { elementInstanceKey } = engine.job('job')
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { n: 7, p: 2, fresh: 3 }, local: false })
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { p: 9, '': 0 }, local: true })
  assert.deepEqual(engine.variables('job'), { n: 7, p: 9, '': 0 })
  assert.deepEqual(engine.variables(key), { p: 2, fresh: 3 })
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: {}, local: false })
  engine.do({ type: 'CancelProcessInstance', processInstanceKey: key })
  assert.deepEqual(engine.refused({ type: 'SetVariables', elementInstanceKey: key, variables: {}, local: false }), {
    code: 'NOT_FOUND',
    message: `Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update variables for element with key '${key}', but no such element was found`,
  })
})

test('a cancelled instance leaves nothing behind, and only an instance can be cancelled', async () => {
  const engine = await given(
    work,
    model('wait', start(), messageCatch('m', 'M', '="k"'), end(), flow('start -> m -> end')),
  )
  const keys = [engine.create('work'), engine.create('wait')]
  const { elementInstanceKey } = engine.job('job')
  assert.equal(
    engine.refused({ type: 'CancelProcessInstance', processInstanceKey: elementInstanceKey }).code,
    'NOT_FOUND',
  )
  for (const processInstanceKey of keys) engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  const { elements, scopes, jobs, subscriptions } = engine.state
  assert.deepEqual(
    [elements, scopes, jobs, subscriptions].map((table) => [...table.values()].length),
    [0, 0, 0, 0],
  )
  assert.match(
    engine.refused({ type: 'CancelProcessInstance', processInstanceKey: keys[0]! }).message,
    /Expected to cancel a process instance with key '\d+', but no such process was found$/,
  )
})

test('a variable named __proto__ is a variable like any other', async () => {
  const engine = await given(work)
  const key = engine.create('work', JSON.parse('{"__proto__": {"polluted": true}}'))
  await engine.restart()
  assert.deepEqual(Object.keys(engine.variables(key)), ['__proto__'])
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
})

test('a job that is too large to be sent is an incident, and does not keep the others from being sent', async () => {
  const engine = await given(model('large', start(), serviceTask('work'), end(), flow('start -> work -> end')))
  const text = 'x'.repeat(2_200_000)
  const large = engine.create('large', { a: text, b: text })
  engine.create('large', { a: 1 })
  assert.deepEqual(
    engine.jobs('work').map((job) => job.variables),
    [{ a: 1 }],
  )
  const { key, message, type } = engine.incident()
  assert.equal(type, 'MESSAGE_SIZE_EXCEEDED')
  assert.match(message, /with 4\.2 MB it is larger than the configured message size/)
  engine.do({ type: 'SetVariables', elementInstanceKey: large, variables: { b: 2 }, local: false })
  assert.deepEqual(engine.jobs('work'), [])
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.equal(engine.job('work').variables.b, 2)
})

test("a worker's name makes no job too large: a long one takes them one by one, and one without measure is refused", async () => {
  const engine = await given(model('large', start(), serviceTask('work'), end(), flow('start -> work -> end')))
  const texts = [4_127_000, 4_127_000, 1].map((length) => 'x'.repeat(length))
  for (const text of texts) engine.create('large', { text })
  const poll = {
    type: 'ActivateJobs',
    jobType: 'work',
    timeout: 60_000,
    maxJobsToActivate: 9,
    fetchVariables: [],
  } as const
  const { code, message } = engine.refused({ ...poll, worker: 'w'.repeat(32_769) })
  assert.equal(code, 'INVALID_ARGUMENT')
  assert.match(message, /with worker to be at most 32768 bytes long, but it was 32769$/)
  const taken = texts.map(() => {
    const { response } = engine.do({ ...poll, worker: 'w'.repeat(32_768) })
    assert.ok(response.type === 'ActivateJobs')
    return response.jobs.map(({ variables }) => variables.text)
  })
  assert.deepEqual(
    taken,
    texts.map((text) => [text]),
  )
  assert.deepEqual(engine.incidents(), [])
})
