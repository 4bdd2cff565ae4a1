import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { EngineOptions } from '../start.ts'
import { createMemoryStore } from '../storage/store.ts'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const order = model('order', start(), serviceTask('charge', 'charge'), end(), flow('start -> charge -> end'))
const passes = model('passes', start(), end(), flow('start -> end'))

/** An engine, what asks its REST API with a text as it is, and the faults that it told. */
async function startRest(t: TestContext, options: Partial<EngineOptions> = {}) {
  const faults: unknown[] = []
  const engine = await startTestEngine(t, { rest: { port: 0 }, onFault: (fault) => faults.push(fault), ...options })
  await engine.deploy({ 'order.bpmn': order, 'passes.bpmn': passes })
  const send = (method: string, path: string, body: string | FormData, headers: Record<string, string> = {}) =>
    fetch(`${engine.rest!.address}/v2/${path}`, { method, body, headers })
  return {
    engine,
    faults,
    send,
    ask: (path: string, body: unknown = {}, { method = 'POST', ...headers }: Record<string, string> = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return send(method, path, text, { 'content-type': 'application/json', ...headers })
    },
  }
}

type Rest = Awaited<ReturnType<typeof startRest>>

async function told(response: Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await response).json()) as Record<string, unknown>
}

function create({ ask }: Pick<Rest, 'ask'>, more: object = {}) {
  return told(ask('process-instances', { processDefinitionId: 'order', ...more }))
}

const wanted = { type: 'charge', timeout: 60_000, maxJobsToActivate: 5, requestTimeout: -1 }

async function activate({ ask }: Pick<Rest, 'ask'>) {
  const { jobs } = await told(ask('jobs/activation', wanted))
  return jobs as Record<string, unknown>[]
}

test('a number that is none of its kind is refused, and what is kept can be read again', async (t) => {
  const store = createMemoryStore()
  const rest = await startRest(t, { store })
  await create(rest)
  const [job] = await activate(rest)
  const path = `jobs/${job!.jobKey}`
  for (const retries of ['1e999', '1e300', '2147483648', '"Infinity"', '"0x10"', '"1.5"', '""', 'true'])
    assert.deepEqual([retries, (await rest.ask(`${path}/failure`, `{"retries":${retries}}`)).status], [retries, 400])
  for (const timeToLive of ['1e999', '1e16', '"9007199254740993"']) {
    const message = `{"name":"m","correlationKey":"k","timeToLive":${timeToLive}}`
    assert.equal((await rest.ask('messages/publication', message)).status, 400)
  }
  assert.equal((await rest.ask(`${path}/failure`, '{"retries":"4","retryBackOff":0.5}')).status, 204)
  await rest.engine.stop()
  const [again] = await activate(await startRest(t, { store }))
  assert.deepEqual([again!.jobKey, again!.retries], [job!.jobKey, 4])
})

test('names of variables stay what they are, beside long numbers and after others', async (t) => {
  const rest = await startRest(t)
  const texts = ['{"own":1,"k\\\\":1}', '{"own":1,"k\\"":1}', '{"own":1,"k\\"":1234567890123456}']
  for (const text of texts) {
    await rest.ask('process-instances', `{"processDefinitionId":"order","variables":${text}}`)
    const waits = `{"processDefinitionId":"passes","awaitCompletion":true,"variables":${text}}`
    const created = await (await rest.ask('process-instances', waits)).text()
    assert.ok(created.includes(`"variables":${text}`), created)
  }
  const activated = await (await rest.ask('jobs/activation', wanted)).text()
  for (const text of texts) assert.ok(activated.includes(`"variables":${text}`), activated)
})

test('a form is taken for a deployment alone', async (t) => {
  const { send } = await startRest(t)
  const form = new FormData()
  form.append('variables', '{}')
  const refused = await send('POST', 'jobs/1/completion', form)
  assert.equal(refused.status, 415)
  assert.match(String((await told(Promise.resolve(refused))).detail), /^Content-Type 'multipart\/form-data;/)
})

test('what is nested too deep is refused, and is no fault', async (t) => {
  const { ask, faults } = await startRest(t)
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  for (const [path, body, method] of [
    ['process-instances', `{"processDefinitionId":"order","variables":${deep}}`, 'POST'],
    [
      'process-instances',
      `{"processDefinitionId":"order","variables":${deep.replace('1', '1234567890123456')}}`,
      'POST',
    ],
    ['user-tasks/1/completion', `{"variables":${deep}}`, 'POST'],
    ['user-tasks/1', `{"changeset":${deep}}`, 'PATCH'],
  ] as const) {
    const { status, detail } = await told(ask(path, body, { method }))
    assert.deepEqual([status, detail], [400, 'The request is nested deeper than 1000 levels.'])
  }
  assert.deepEqual(faults, [])
})

test('a refusal repeats no more than a client can use', async (t) => {
  const { ask } = await startRest(t)
  for (const body of [`{"variables":{"a":${'1'.repeat(100_000)}}}`, `{"operationReference":${'9'.repeat(100_000)}}`]) {
    const refused = await ask('jobs/1/completion', body)
    assert.deepEqual([refused.status, (await refused.text()).length < 12_500], [400, true])
  }
})

test('a truth value may come as a text, and nothing else is one', async (t) => {
  const rest = await startRest(t)
  const awaited = { processDefinitionId: 'passes', variables: { a: 1 } }
  assert.deepEqual((await create(rest, { ...awaited, awaitCompletion: 'true' })).variables, { a: 1 })
  assert.deepEqual((await create(rest, { ...awaited, awaitCompletion: 'false' })).variables, {})
  await create(rest)
  const [job] = await activate(rest)
  const local = { variables: { own: 1 }, local: 'true' }
  const setting = `element-instances/${job!.elementInstanceKey}/variables`
  assert.equal((await rest.ask(setting, local, { method: 'PUT' })).status, 204)
  await rest.ask(`jobs/${job!.jobKey}/failure`, { retries: 1 })
  assert.deepEqual((await activate(rest))[0]!.variables, { own: 1 })
  for (const [path, body, method] of [
    ['process-instances', { ...awaited, awaitCompletion: 'yes' }, 'POST'],
    [setting, { ...local, local: 1 }, 'PUT'],
    ['user-tasks/1/assignment', { assignee: 'ann', allowOverride: 'no' }, 'POST'],
  ] as const)
    assert.equal((await told(rest.ask(path, body, { method }))).detail, 'Failed to read request')
})

test('the client’s own number is nowhere rounded', async (t) => {
  const { ask } = await startRest(t)
  const own = '"operationReference":9007199254740993'
  for (const [path, body] of [
    ['process-instances', `{"processDefinitionId":"order",${own}}`],
    ['process-instances/1/cancellation', `{${own}}`],
    ['resources/1/deletion', `{${own}}`],
    ['incidents/1/resolution', `{${own}}`],
  ] as const)
    assert.match(String((await told(ask(path, body))).detail), /^The number 9007199254740993 of 'operationReference'/)
})

test('a refusal is a problem for who asks for keys as texts, too', async (t) => {
  const { ask } = await startRest(t)
  const accept = 'application/vnd.camunda.api.keys.string+json'
  for (const path of ['jobs/1/completion', 'nowhere']) {
    const { status, headers } = await ask(path, {}, { accept })
    assert.equal(status, 404)
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  }
})

test('a refusal speaks of what was asked, and by which door', async (t) => {
  const rest = await startRest(t)
  assert.match(
    String((await create(rest, { processDefinitionId: 'none', awaitCompletion: true })).detail),
    /^Command 'CREATE_WITH_AWAITING_RESULT' rejected with code 'NOT_FOUND'/,
  )
  assert.equal(
    (await create(rest, { tenantId: 'other' })).detail,
    "Expected to handle request CreateProcessInstance with tenant identifier 'other', but multi-tenancy is disabled",
  )
})
