import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { end, flow, messageStart, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

/*
 * What a real Zeebe 8.6.0 answered to the same calls (2026-11). Where we differ on purpose, the line says so.
 */

const none = 2251799813685248 + 999_999
const work = model('proc', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const byMessage = model('byMessage', messageStart('go', 'go'), end(), flow('go -> end'))

const rejected = (intent: string, code: string, reason: string): string =>
  `Command '${intent}' rejected with code '${code}': ${reason}`
const deployment = (problems: string): string =>
  rejected(
    'CREATE',
    'INVALID_ARGUMENT',
    `Expected to deploy new resources, but encountered the following errors:\n${problems}`,
  )
const otherTenant = (call: string): string =>
  `Expected to handle gRPC request ${call} with tenant identifier 'x', but multi-tenancy is disabled`
const file = (name: string, content: string) => ({ name, content: Buffer.from(content) })
const proc = { bpmnProcessId: 'proc', version: -1 }
const jobs = { type: 'work', worker: 'w', timeout: 1000, maxJobsToActivate: 1, requestTimeout: -1 }

type Line = [call: string, request: object, code: string, details: string]

const lines: Line[] = [
  [
    'DeployResource',
    { resources: [] },
    'INVALID_ARGUMENT',
    rejected('CREATE', 'INVALID_ARGUMENT', 'Expected to deploy at least one resource, but none given'),
  ],
  [
    'DeployProcess',
    { processes: [] },
    'INVALID_ARGUMENT',
    rejected('CREATE', 'INVALID_ARGUMENT', 'Expected to deploy at least one resource, but none given'),
  ],
  [
    'DeployResource',
    { resources: [file('a.txt', 'hello')] },
    'INVALID_ARGUMENT',
    deployment("\n'a.txt': unknown resource type"),
  ],
  ['DeployResource', { resources: [file('', work)] }, 'INVALID_ARGUMENT', deployment("\n'': unknown resource type")],
  [
    'DeployResource',
    { tenantId: 'x', resources: [file('a.bpmn', work)] },
    'INVALID_ARGUMENT',
    otherTenant('DeployResource'),
  ],
  [
    'DeployResource',
    { resources: [file('a.bpmn', work), file('b.bpmn', work)] },
    'INVALID_ARGUMENT',
    deployment("Duplicated process id in resources 'a.bpmn' and 'b.bpmn'"),
  ],
  [
    'DeployResource',
    { resources: [file('a.bpmn', work.replace('isExecutable="true"', ''))] },
    'INVALID_ARGUMENT',
    deployment("'a.bpmn': - Element: definitions\n    - ERROR: Must contain at least one executable process\n"),
  ],
  [
    'DeployResource',
    { resources: [file('a.bpmn', work.replace('<zeebe:taskDefinition type="work" />', ''))] },
    'INVALID_ARGUMENT',
    deployment(
      "'a.bpmn': - Element: task\n    - ERROR: Must have exactly one 'zeebe:taskDefinition' extension element\n",
    ),
  ],

  [
    'CreateProcessInstance',
    {},
    'NOT_FOUND',
    rejected('CREATE', 'NOT_FOUND', "Expected to find process definition with key '0', but none found"),
  ],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'nope', version: -1 },
    'NOT_FOUND',
    rejected('CREATE', 'NOT_FOUND', "Expected to find process definition with process ID 'nope', but none found"),
  ],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'proc', version: 9 },
    'NOT_FOUND',
    rejected(
      'CREATE',
      'NOT_FOUND',
      "Expected to find process definition with process ID 'proc' and version '9', but none found",
    ),
  ],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'proc' },
    'NOT_FOUND',
    rejected(
      'CREATE',
      'NOT_FOUND',
      "Expected to find process definition with process ID 'proc' and version '0', but none found",
    ),
  ],
  [
    'CreateProcessInstance',
    { processDefinitionKey: 5 },
    'NOT_FOUND',
    rejected('CREATE', 'NOT_FOUND', "Expected to find process definition with key '5', but none found"),
  ],
  [
    'CreateProcessInstance',
    { processDefinitionKey: -1 },
    'INVALID_ARGUMENT',
    rejected(
      'CREATE',
      'INVALID_ARGUMENT',
      'Expected at least a bpmnProcessId or a key greater than -1, but none given',
    ),
  ],
  [
    'CreateProcessInstance',
    { ...proc, variables: '[1]' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
  ],
  [
    'CreateProcessInstance',
    { ...proc, variables: '"x"' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'STRING'",
  ],
  [
    'CreateProcessInstance',
    { ...proc, variables: '1' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'INTEGER'",
  ],
  ['CreateProcessInstance', { ...proc, tenantId: 'x' }, 'INVALID_ARGUMENT', otherTenant('CreateProcessInstance')],
  [
    'CreateProcessInstance',
    { bpmnProcessId: 'byMessage', version: -1 },
    'FAILED_PRECONDITION',
    rejected(
      'CREATE',
      'INVALID_STATE',
      'Expected to create instance of process with none start event, but there is no such event',
    ),
  ],
  [
    'CreateProcessInstanceWithResult',
    {},
    'NOT_FOUND',
    rejected(
      'CREATE_WITH_AWAITING_RESULT',
      'NOT_FOUND',
      "Expected to find process definition with key '0', but none found",
    ),
  ],
  [
    'CreateProcessInstanceWithResult',
    { request: { bpmnProcessId: 'nope', version: -1 } },
    'NOT_FOUND',
    rejected(
      'CREATE_WITH_AWAITING_RESULT',
      'NOT_FOUND',
      "Expected to find process definition with process ID 'nope', but none found",
    ),
  ],

  [
    'CancelProcessInstance',
    { processInstanceKey: none },
    'NOT_FOUND',
    rejected(
      'CANCEL',
      'NOT_FOUND',
      `Expected to cancel a process instance with key '${none}', but no such process was found`,
    ),
  ],
  // The real one says UNAVAILABLE, since such a key belongs to another partition, and clients then try for ever.
  [
    'CancelProcessInstance',
    { processInstanceKey: 5 },
    'NOT_FOUND',
    rejected(
      'CANCEL',
      'NOT_FOUND',
      "Expected to cancel a process instance with key '5', but no such process was found",
    ),
  ],
  [
    'SetVariables',
    { elementInstanceKey: none, variables: '{"a":1}' },
    'NOT_FOUND',
    rejected(
      'UPDATE',
      'NOT_FOUND',
      `Expected to update variables for element with key '${none}', but no such element was found`,
    ),
  ],
  [
    'SetVariables',
    { elementInstanceKey: none, variables: '[1]' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
  ],

  [
    'ActivateJobs',
    { ...jobs, type: '' },
    'INVALID_ARGUMENT',
    rejected(
      'ACTIVATE',
      'INVALID_ARGUMENT',
      'Expected to activate job batch with type to be present, but it was blank',
    ),
  ],
  [
    'ActivateJobs',
    { ...jobs, timeout: 0 },
    'INVALID_ARGUMENT',
    rejected(
      'ACTIVATE',
      'INVALID_ARGUMENT',
      "Expected to activate job batch with timeout to be greater than zero, but it was '0'",
    ),
  ],
  [
    'ActivateJobs',
    { ...jobs, timeout: -1 },
    'INVALID_ARGUMENT',
    rejected(
      'ACTIVATE',
      'INVALID_ARGUMENT',
      "Expected to activate job batch with timeout to be greater than zero, but it was '-1'",
    ),
  ],
  ['ActivateJobs', { ...jobs, tenantIds: ['x'] }, 'INVALID_ARGUMENT', otherTenant('ActivateJobs')],
  [
    'StreamActivatedJobs',
    { ...jobs, type: '' },
    'INVALID_ARGUMENT',
    'Expected to stream activated jobs with type to be present, but it was blank',
  ],
  [
    'StreamActivatedJobs',
    { ...jobs, timeout: 0 },
    'INVALID_ARGUMENT',
    'Expected to stream activated jobs with timeout to be greater than zero, but it was 0',
  ],

  [
    'CompleteJob',
    { jobKey: none },
    'NOT_FOUND',
    rejected('COMPLETE', 'NOT_FOUND', `Expected to complete job with key '${none}', but no such job was found`),
  ],
  [
    'CompleteJob',
    { jobKey: none, variables: '[]' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
  ],
  [
    'FailJob',
    { jobKey: none, retries: 1 },
    'NOT_FOUND',
    rejected('FAIL', 'NOT_FOUND', `Expected to fail job with key '${none}', but no such job was found`),
  ],
  [
    'ThrowError',
    { jobKey: none, errorCode: 'e' },
    'NOT_FOUND',
    rejected(
      'THROW_ERROR',
      'NOT_FOUND',
      `Expected to throw an error for job with key '${none}', but no such job was found`,
    ),
  ],
  [
    'UpdateJobRetries',
    { jobKey: none, retries: 1 },
    'NOT_FOUND',
    rejected('UPDATE_RETRIES', 'NOT_FOUND', `Expected to update job with key '${none}', but no such job was found`),
  ],
  [
    'UpdateJobTimeout',
    { jobKey: none, timeout: 1 },
    'NOT_FOUND',
    rejected(
      'UPDATE_TIMEOUT',
      'NOT_FOUND',
      `Expected to update job deadline with key '${none}', but no such job was found`,
    ),
  ],
  [
    'ResolveIncident',
    { incidentKey: none },
    'NOT_FOUND',
    rejected('RESOLVE', 'NOT_FOUND', `Expected to resolve incident with key '${none}', but no such incident was found`),
  ],

  [
    'PublishMessage',
    { name: 'm', correlationKey: 'k', variables: '[1]' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
  ],
  [
    'PublishMessage',
    { name: 'm', correlationKey: 'k', tenantId: 'x' },
    'INVALID_ARGUMENT',
    otherTenant('PublishMessage'),
  ],

  ['BroadcastSignal', { signalName: 's', tenantId: 'x' }, 'INVALID_ARGUMENT', otherTenant('BroadcastSignal')],
  [
    'BroadcastSignal',
    { signalName: 's', variables: '7' },
    'INVALID_ARGUMENT',
    "Property 'variables' is invalid: Expected document to be a root level object, but was 'INTEGER'",
  ],

  [
    'MigrateProcessInstance',
    { processInstanceKey: 1 },
    'NOT_FOUND',
    rejected('MIGRATE', 'NOT_FOUND', "Expected to migrate process instance but no process instance found with key '1'"),
  ],
]

test('a wrong call is refused with the code and the words of the real gateway', async (t: TestContext) => {
  const { client, deploy } = await startTestEngine(t)
  await deploy({ 'work.bpmn': work, 'byMessage.bpmn': byMessage })
  for (const [call, request, code, details] of lines) {
    await t.test(`${call} ${JSON.stringify(request).slice(0, 90)}`, async () => {
      assert.deepEqual(await client.refusal(call, request), { code, details })
    })
  }
})

test('variables that are no JSON, or a number that would be rounded, are refused', async (t) => {
  const { client, deploy } = await startTestEngine(t)
  await deploy({ 'work.bpmn': work })
  const refusal = async (variables: string) =>
    (await client.refusal('CreateProcessInstance', { ...proc, variables })) as { code: string; details: string }
  for (const text of ['{a', '{"a":1,}', '{"a":NaN}', '{} {}']) {
    const { code, details } = await refusal(text)
    assert.equal(code, 'INVALID_ARGUMENT')
    assert.match(details, /^Invalid JSON value: /)
    assert.ok(details.includes(text))
  }
  const { code, details } = await refusal('{"order":{"id":12345678901234567890}}')
  assert.equal(code, 'INVALID_ARGUMENT')
  assert.match(details, /12345678901234567890 of 'id'/)
})

test('no variables, blanks and null are an empty document; an empty name is a name', async (t) => {
  const { client, deploy } = await startTestEngine(t)
  await deploy({ 'work.bpmn': work })
  for (const variables of ['', '   ', 'null', '{}', '{"":1,"big":9007199254740991,"text":"12345678901234567890"}']) {
    await client.call('CreateProcessInstance', { ...proc, variables })
  }
  const seen = (await client.activate('work')).map((job) => job.variables)
  assert.deepEqual(seen, ['{}', '{}', '{}', '{}', '{"":1,"big":9007199254740991,"text":"12345678901234567890"}'])
})

test('what a job is in decides what may be done with it', async (t) => {
  const { client, deploy, create } = await startTestEngine(t)
  await deploy({ 'work.bpmn': work })
  const instance = await create('proc')
  const [job] = await client.activate('work')
  const jobKey = job!.key
  const inState = (intent: string, doing: string, state: string) => ({
    code: 'FAILED_PRECONDITION',
    details: rejected(
      intent,
      'INVALID_STATE',
      `Expected to ${doing} job with key '${jobKey}', but it is in state '${state}'`,
    ),
  })
  for (const retries of [0, -1]) {
    const reason = `Expected to update retries for job with key '${jobKey}' with a positive amount of retries, but the amount given was '${retries}'`
    assert.deepEqual(await client.refusal('UpdateJobRetries', { jobKey, retries }), {
      code: 'INVALID_ARGUMENT',
      details: rejected('UPDATE_RETRIES', 'INVALID_ARGUMENT', reason),
    })
  }
  await client.call('FailJob', { jobKey, retries: 0, errorMessage: 'out of paper' })
  assert.deepEqual(await client.refusal('CompleteJob', { jobKey }), inState('COMPLETE', 'complete', 'FAILED'))
  assert.deepEqual(await client.refusal('FailJob', { jobKey, retries: 1 }), inState('FAIL', 'fail', 'FAILED'))
  assert.deepEqual(await client.refusal('UpdateJobTimeout', { jobKey, timeout: 1 }), {
    code: 'FAILED_PRECONDITION',
    details: rejected(
      'UPDATE_TIMEOUT',
      'INVALID_STATE',
      `Expected to update the timeout of job with key '${jobKey}', but it is not active`,
    ),
  })
  assert.deepEqual(
    await client.refusal('ThrowError', { jobKey, errorCode: 'e' }),
    inState('THROW_ERROR', 'throw an error for', 'FAILED'),
  )
  await client.call('CancelProcessInstance', { processInstanceKey: instance })
  for (const call of ['CompleteJob', 'FailJob', 'ThrowError', 'UpdateJobRetries', 'UpdateJobTimeout']) {
    assert.equal((await client.refusal(call, { jobKey, retries: 1, errorCode: 'e' })).code, 'NOT_FOUND', call)
  }
  assert.equal((await client.refusal('CancelProcessInstance', { processInstanceKey: instance })).code, 'NOT_FOUND')
  assert.equal(
    (await client.refusal('SetVariables', { elementInstanceKey: instance, variables: '{}' })).code,
    'NOT_FOUND',
  )
})

test('variables that are nested too deep are refused, and nobody else suffers', async (t) => {
  const { client } = await startTestEngine(t)
  const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
  const create = (levels: number) =>
    client.refusal('CreateProcessInstance', { bpmnProcessId: 'none', version: -1, variables: nested(levels) })
  for (const levels of [1001, 100_000]) {
    assert.deepEqual(await create(levels), {
      code: 'INVALID_ARGUMENT',
      details: "Property 'variables' is invalid: it is nested deeper than 1000 levels",
    })
  }
  assert.equal((await create(900)).code, 'NOT_FOUND')
})

test('a long reason is cut, for a client that reads it loses no connection', async (t) => {
  const { client } = await startTestEngine(t)
  const waiting = client.stream('ActivateJobs', { ...jobs, requestTimeout: 60_000 })
  for (const letter of ['x', ' ', '%', 'é', '\u{1F600}', '"']) {
    const { code, details } = await client.refusal('CreateProcessInstance', {
      bpmnProcessId: letter.repeat(500_000),
      version: -1,
    })
    assert.equal(code, 'NOT_FOUND')
    assert.match(String(details), /^Command 'CREATE' rejected with code 'NOT_FOUND': .*…$/)
  }
  await client.call('DeployResource', { resources: [file('proc.bpmn', work)] })
  await client.call('CreateProcessInstance', proc)
  assert.ok(await waiting.first)
})

test("variables may be written with single quotes, as the real engine's parser allows", async (t) => {
  const { client } = await startTestEngine(t)
  await client.call('DeployResource', { resources: [file('proc.bpmn', work)] })
  const variables = `{'a': 'it\\'s "b"', "c": "d'e'", 'f': [1, '\\u0041', '\\"\\\\']}`
  await client.call('CreateProcessInstance', { ...proc, variables })
  const [reply] = await client.stream('ActivateJobs', jobs).all
  const [job] = reply!.jobs as { variables: string }[]
  assert.deepEqual(JSON.parse(job!.variables), { a: 'it\'s "b"', c: "d'e'", f: [1, 'A', '"\\'] })
  for (const broken of ["{'a}", "{'a':1", `{'${'\\"'.repeat(500_000)}`]) {
    const { code } = await client.refusal('CreateProcessInstance', { ...proc, variables: broken })
    assert.equal(code, 'INVALID_ARGUMENT')
  }
})

test('a tenant of blanks is none, and a job type of blanks is one', async (t) => {
  const { client } = await startTestEngine(t)
  const content = work.replace('type="work"', 'type="  "')
  await client.call('DeployResource', { tenantId: ' ', resources: [file('proc.bpmn', content)] })
  await client.call('CreateProcessInstance', { ...proc, tenantId: '\t' })
  const [reply] = await client.stream('ActivateJobs', { ...jobs, type: '  ', tenantIds: [' '] }).all
  assert.equal((reply!.jobs as { type: string }[])[0]!.type, '  ')
})
