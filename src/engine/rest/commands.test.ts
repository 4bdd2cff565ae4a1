import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { end, flow, messageCatch, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const order = model(
  'order',
  start(),
  serviceTask('charge', 'charge', { headers: { by: 'card' } }),
  messageCatch('paid', 'paid', '=order'),
  end(),
  flow('start -> charge -> paid -> end'),
)
const passes = model('passes', start(), end(), flow('start -> end'))

/** An engine that is asked by REST alone. */
async function startRest(t: TestContext) {
  const engine = await startTestEngine(t, { rest: { port: 0 }, records: {} })
  const send = (method: string, path: string, body?: string | FormData, headers: Record<string, string> = {}) =>
    fetch(`${engine.rest!.address}/v2/${path}`, { method, headers, ...(body !== undefined && { body }) })
  return {
    engine,
    send,
    ask: (method: string, path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
      send(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    deploy: (files: Record<string, string>) => {
      const form = new FormData()
      for (const [name, content] of Object.entries(files)) form.append('resources', new Blob([content]), name)
      return send('POST', 'deployments', form)
    },
  }
}

type Rest = Awaited<ReturnType<typeof startRest>>

async function started(t: TestContext) {
  const rest = await startRest(t)
  assert.equal((await rest.deploy({ 'order.bpmn': order, 'passes.bpmn': passes })).status, 200)
  const instance = await told(
    rest.ask('POST', 'process-instances', { processDefinitionId: 'order', variables: { order: 'a-1' } }),
  )
  return { ...rest, instance, key: instance.processInstanceKey as number }
}

async function told(response: Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await response).json()) as Record<string, unknown>
}

function activate({ ask }: Pick<Rest, 'ask'>, more: object = {}, headers: Record<string, string> = {}) {
  const wanted = { type: 'charge', timeout: 60_000, maxJobsToActivate: 5, worker: 'w', requestTimeout: -1, ...more }
  return told(ask('POST', 'jobs/activation', wanted, headers)) as Promise<{ jobs: Record<string, unknown>[] }>
}

test('files are deployed as a form, and each tells what it became', async (t) => {
  const { deploy } = await startRest(t)
  const { deploymentKey, deployments, tenantId } = await told(deploy({ 'order.bpmn': order }))
  const definition = {
    processDefinitionId: 'order',
    processDefinitionVersion: 1,
    processDefinitionKey: (deploymentKey as number) + 1,
    resourceName: 'order.bpmn',
    tenantId: '<default>',
  }
  assert.deepEqual([deployments, tenantId], [[{ processDefinition: definition }], '<default>'])
})

test('an instance is started, and its job is taken, failed, changed and completed', async (t) => {
  const { ask, instance, key } = await started(t)
  assert.deepEqual(
    [instance.processDefinitionId, instance.processDefinitionVersion, instance.variables, instance.tenantId],
    ['order', 1, {}, '<default>'],
  )
  const [job] = (await activate({ ask })).jobs
  assert.deepEqual(
    [job!.processDefinitionId, job!.elementId, job!.processInstanceKey, job!.customHeaders, job!.variables],
    ['order', 'charge', key, { by: 'card' }, { order: 'a-1' }],
  )
  const path = `jobs/${job!.jobKey}`
  assert.equal((await ask('POST', `${path}/failure`, { retries: 2, errorMessage: 'no coins' })).status, 204)
  const [again] = (await activate({ ask })).jobs
  assert.deepEqual([again!.jobKey, again!.retries], [job!.jobKey, 2])
  assert.equal((await ask('PATCH', path, { changeset: { retries: 7, timeout: 1000 } })).status, 204)
  assert.equal((await ask('POST', `${path}/completion`, { variables: { paid: 5 } })).status, 204)
  assert.deepEqual(await activate({ ask }), { jobs: [] })
})

test('a job is changed as a whole, or not at all', async (t) => {
  const { ask, engine } = await started(t)
  const [job] = (await activate({ ask })).jobs
  const path = `jobs/${job!.jobKey}`
  await ask('POST', `${path}/failure`, { retries: 3 })
  const refused = await told(ask('PATCH', path, { changeset: { retries: 9, timeout: 1_000 } }))
  const notActive = `Expected to update the timeout of job with key '${job!.jobKey}', but it is not active`
  assert.deepEqual(
    [refused.status, refused.title, refused.detail],
    [400, 'INVALID_ARGUMENT', `Command 'UPDATE' rejected with code 'INVALID_ARGUMENT': ${notActive}`],
  )
  assert.match(
    String((await told(ask('PATCH', path, { changeset: { retries: 0, timeout: 1_000 } }))).detail),
    /positive amount of retries, but the amount given was '0', Expected to update the timeout of job/,
  )
  const [again] = (await activate({ ask })).jobs
  assert.equal(again!.retries, 3)
  const changed = { changeset: { retries: 8, timeout: 90_000 }, operationReference: 7 }
  assert.equal((await ask('PATCH', path, changed)).status, 204)
  const records = []
  for await (const { json } of engine.records.read({ follow: false })) records.push(JSON.parse(json))
  const updates = records.filter(({ intent }) => /UPDATED?$/.test(intent))
  assert.deepEqual(
    updates.map(({ intent, recordType }) => `${recordType} ${intent}`),
    [...Array(2).fill(['COMMAND UPDATE', 'COMMAND_REJECTION UPDATE']).flat(), 'COMMAND UPDATE', 'EVENT UPDATED'],
  )
  const { value, operationReference } = updates.at(-1)
  assert.deepEqual([value.retries, value.deadline > again!.deadline!, operationReference], [8, true, 7])
  assert.equal((await ask('PATCH', 'jobs/1', changed)).status, 404)
})

test('a reply brings no more jobs than a client can take, and the others wait for who asks next', async (t) => {
  const { ask } = await started(t)
  await activate({ ask })
  const large = { processDefinitionId: 'order', variables: { order: 'x'.repeat(1_500_000) } }
  for (let n = 0; n < 3; n += 1) await ask('POST', 'process-instances', large)
  for (const taken of [2, 1, 0]) assert.equal((await activate({ ask })).jobs.length, taken)
})

test('a client may wait for the result', async (t) => {
  const { ask } = await started(t)
  const waits = {
    processDefinitionId: 'passes',
    awaitCompletion: true,
    variables: { a: 1, b: 2 },
    fetchVariables: ['a'],
  }
  assert.deepEqual((await told(ask('POST', 'process-instances', waits))).variables, { a: 1 })
  const inVain = { processDefinitionId: 'order', awaitCompletion: true, variables: { order: 'b' }, requestTimeout: 1 }
  assert.equal((await ask('POST', 'process-instances', inVain)).status, 504)
})

test('a poll waits for a job', async (t) => {
  const { ask, key } = await started(t)
  await activate({ ask })
  const waiting = activate({ ask }, { requestTimeout: 20_000 })
  await ask('POST', 'process-instances', { processDefinitionId: 'order', variables: { order: 'a-2' } })
  const { jobs } = await waiting
  assert.deepEqual(
    jobs.map(({ variables }) => variables),
    [{ order: 'a-2' }],
  )
  assert.notEqual(jobs[0]!.processInstanceKey, key)
})

test('a message goes to the instance that waits for it, once', async (t) => {
  const { ask, key } = await started(t)
  const [job] = (await activate({ ask })).jobs
  await ask('POST', `jobs/${job!.jobKey}/completion`)
  const message = { name: 'paid', correlationKey: 'a-1', timeToLive: 60_000, messageId: 'm-1' }
  const published = await told(ask('POST', 'messages/publication', message))
  assert.deepEqual([typeof published.messageKey, published.tenantId], ['number', '<default>'])
  assert.equal((await ask('POST', `process-instances/${key}/cancellation`)).status, 404)
  assert.equal((await told(ask('POST', 'messages/publication', message))).title, 'ALREADY_EXISTS')
  assert.equal(typeof (await told(ask('POST', 'signals/broadcast', { signalName: 's' }))).signalKey, 'number')
})

test('variables are set, an element is put in, and the instance is cancelled', async (t) => {
  const { ask, key } = await started(t)
  assert.equal((await ask('PUT', `element-instances/${key}/variables`, { variables: { amount: 3 } })).status, 204)
  const scoped = { variables: { mine: 1 }, scopeId: 'charge' }
  const activateInstructions = [{ elementId: 'charge', variableInstructions: [scoped] }]
  assert.equal((await ask('POST', `process-instances/${key}/modification`, { activateInstructions })).status, 204)
  const { jobs } = await activate({ ask })
  assert.deepEqual(
    jobs.map(({ variables }) => variables),
    [
      { order: 'a-1', amount: 3 },
      { order: 'a-1', amount: 3, mine: 1 },
    ],
  )
  assert.equal((await ask('POST', `process-instances/${key}/cancellation`)).status, 204)
})

test('keys are texts for who asks for that, and what users put in stays as it is', async (t) => {
  const { ask } = await started(t)
  const accept = 'application/vnd.camunda.api.keys.string+json'
  const variables = { order: 'k', apiKey: 5 }
  await ask('POST', 'process-instances', { processDefinitionId: 'order', variables })
  const [, job] = (await activate({ ask }, {}, { accept })).jobs
  assert.deepEqual([typeof job!.jobKey, typeof job!.deadline, job!.variables], ['string', 'number', variables])
  assert.equal((await ask('POST', `jobs/${job!.jobKey}/completion`)).status, 204)
})

test('the Java client of 8.6.0 gets a job’s key by the name that it knows', async (t) => {
  const { ask } = await started(t)
  const [job] = (await activate({ ask }, {}, { 'user-agent': 'zeebe-client-java/8.6.0' })).jobs
  assert.deepEqual([typeof job!.key, 'jobKey' in job!], ['number', false])
})

test('what is missing or wrong is told', async (t) => {
  const { ask, send, key } = await started(t)
  const cases: [response: Promise<Response>, status: number, detail: string | RegExp][] = [
    [ask('POST', 'process-instances'), 400, 'At least one of [processDefinitionId, processDefinitionKey] is required.'],
    [
      ask('POST', 'process-instances', { processDefinitionId: 'order', processDefinitionKey: 1 }),
      400,
      'Only one of [processDefinitionId, processDefinitionKey] is allowed.',
    ],
    [ask('POST', 'process-instances', { processDefinitionKey: 'x' }), 400, 'Failed to read request'],
    [ask('POST', 'process-instances', { processDefinitionId: 'no' }), 404, /process ID 'no', but none found$/],
    [ask('POST', 'jobs/activation'), 400, 'No type provided. No timeout provided. No maxJobsToActivate provided.'],
    [
      ask('POST', 'jobs/activation', { type: 'a', timeout: 0, maxJobsToActivate: 1 }),
      400,
      "The value for timeout is '0' but must be greater than 0.",
    ],
    [ask('POST', 'jobs/1/completion'), 404, /key '1', but no such job was found$/],
    [ask('POST', 'jobs/x/completion'), 400, "Failed to convert 'jobKey' with value: 'x'"],
    [ask('POST', 'jobs/1/error'), 400, 'No errorCode provided.'],
    [ask('PATCH', 'jobs/1'), 400, 'At least one of [retries, timeout] is required.'],
    [ask('POST', 'incidents/1/resolution'), 404, /no such incident was found$/],
    [ask('POST', 'messages/publication', { correlationKey: 'a' }), 400, 'No name provided.'],
    [ask('POST', 'signals/broadcast'), 400, 'No signalName provided.'],
    [ask('PUT', `element-instances/${key}/variables`), 400, 'No variables provided.'],
    [
      ask('POST', `process-instances/${key}/migration`),
      400,
      'No targetProcessDefinitionKey provided. No mappingInstructions provided.',
    ],
    [
      ask('POST', `process-instances/${key}/modification`, { terminateInstructions: [{}] }),
      400,
      'No elementInstanceKey provided.',
    ],
    [
      ask('POST', `process-instances/${key}/cancellation`, { operationReference: 0 }),
      400,
      "The value for operationReference is '0' but must be > 0.",
    ],
    [ask('POST', 'resources/1/deletion'), 404, /no resource found with key `1`$/],
    [
      ask('POST', 'decision-definitions/evaluation', { decisionDefinitionId: 'd' }),
      400,
      /no decision found for id 'd'$/,
    ],
    [ask('POST', 'deployments'), 415, "Content-Type 'application/json' is not supported."],
    [send('POST', 'deployments', new FormData()), 400, "Required part 'resources' is not present."],
  ]
  for (const [response, status, detail] of cases) {
    const { url } = await response
    const problem = await told(response)
    assert.deepEqual([url, problem.status], [url, status])
    if (detail instanceof RegExp) assert.match(String(problem.detail), detail)
    else assert.deepEqual([url, problem.detail], [url, detail])
  }
})
