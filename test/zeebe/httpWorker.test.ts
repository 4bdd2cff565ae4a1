// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders in data
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { end, errorBoundary, flow, type JobActivity, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import { answerJob } from '../../src/zeebe/answerJob.ts'
import type { Engine } from '../../src/zeebe/connect.ts'
import { createInstance, createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { parseMap } from '../../src/zeebe/httpWorker/originMap.ts'
import { fixedSecrets, type Secret } from '../../src/zeebe/httpWorker/secret.ts'
import { type HttpWorkerLog, type HttpWorkerOptions, startHttpWorker } from '../../src/zeebe/httpWorker/start.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { resolveIncident } from '../../src/zeebe/resolveIncident.ts'
import { jobWith } from '../../src/zeebe/testing/job.ts'
import { connectTestEngine, onEmbedded, unique } from './support/engine.ts'
import { json, startTarget, type Target } from './support/target.ts'

const token = 'ghp_0123456789/abc+def'
const dispatch = {
  headers: { url: 'https://api.github.com/repos/{{repo}}/dispatches', method: 'post' },
  inputs: {
    authorization: '="Bearer {{GitHubToken}}"',
    'body.event_type': 'restock_item',
    'body.client_payload.product': '=product',
  },
}

/** A process of one task, and the worker. */
async function oneTask(
  t: TestContext,
  type: string,
  task: JobActivity,
  worker: Partial<HttpWorkerOptions> & { target?: Target; hosts?: string[] } = {},
) {
  const engine = worker.engine ?? (await connectTestEngine(t))
  const bpmnProcessId = unique('process')
  const parts = [start(), serviceTask('task', type, task), end(), flow('start -> task -> end')]
  const caught = [
    errorBoundary('caught', 'task', 'SOLD_OUT', { outputs: { caught: '=true' } }),
    end('sold'),
    flow('caught -> sold'),
  ]
  await deploy(engine, [{ name: `${bpmnProcessId}.bpmn`, content: model(bpmnProcessId, ...parts, ...caught) }])
  const log = startLogged(t, engine, worker)
  const run = (variables: Record<string, unknown>) => createInstanceWithResult(engine, { bpmnProcessId, variables })
  return { engine, bpmnProcessId, run, log }
}

/** The worker, and each line of its log, which tests wait for. */
function startLogged(
  t: TestContext,
  engine: Engine,
  worker: Partial<HttpWorkerOptions> & { target?: Target; hosts?: string[] },
) {
  const lines: HttpWorkerLog[] = []
  const waiting: { wanted: RegExp; resolve: (entry: HttpWorkerLog) => void }[] = []
  const secret: Secret = { value: token, hosts: worker.hosts ?? ['api.github.com'] }
  const running = startHttpWorker({
    allow: ['127.0.0.1'],
    secrets: fixedSecrets({ GitHubToken: secret }),
    map: worker.target ? parseMap([`https://api.github.com=${worker.target.origin}`]) : [],
    ...worker,
    engine,
    log: (message, entry) => {
      lines.push(entry)
      for (const each of waiting) if (each.wanted.test(message)) each.resolve(entry)
    },
  })
  t.after(() => running.stop())
  const line = (wanted: RegExp) => new Promise<HttpWorkerLog>((resolve) => waiting.push({ wanted, resolve }))
  return { lines, line, running }
}

for (const type of ['CAMUNDA-HTTP', 'http']) {
  test(`a job of type ${type} becomes a dispatch with the token, which nobody else sees`, async (t) => {
    const target = await startTarget(t, (_, response) => response.writeHead(204).end())
    const { run, log } = await oneTask(t, type, { ...dispatch, outputs: { statusCode: '=statusCode' } }, { target })
    const { variables } = await run({ repo: 'me/shop', product: { _id: 'p1', name: 'a "b" <c> & ünï' } })
    assert.equal(variables.statusCode, 204)
    const [request] = target.received
    assert.deepEqual(
      [request!.method, request!.path, request!.headers.authorization],
      ['POST', '/repos/me/shop/dispatches', `Bearer ${token}`],
    )
    const { event_type, client_payload } = JSON.parse(request!.body)
    assert.equal(event_type, 'restock_item')
    assert.deepEqual(client_payload.product, { _id: 'p1', name: 'a "b" <c> & ünï' })
    assert.match(client_payload.event_id, /^[0-9a-f]{64}$/)
    assert.ok(!JSON.stringify([variables, log.lines]).includes(token))
    assert.equal(log.lines.at(-1)!.eventId, client_payload.event_id)
  })
}

test('a dispatch that is tried again has the same event_id; another job has another', async (t) => {
  let refusals = 1
  const target = await startTarget(t, (_, response) => response.writeHead(refusals-- > 0 ? 502 : 204).end())
  const { run } = await oneTask(t, 'http', dispatch, { target })
  await run({ repo: 'me/shop', product: 1 })
  await run({ repo: 'me/shop', product: 1 })
  const ids = target.received.map(({ body }) => JSON.parse(body).client_payload.event_id)
  assert.equal(ids.length, 3)
  assert.equal(ids[0], ids[1])
  assert.notEqual(ids[1], ids[2])
})

test('an answer that echoes the token is masked before it becomes a variable', async (t) => {
  const target = await startTarget(t, ({ headers }, response) => {
    const credential = headers.authorization!
    json(response, 200, {
      raw: credential,
      url: encodeURIComponent(credential),
      base64: Buffer.from(`x:${credential}`).toString('base64'),
      escaped: 'PLACE',
    })
  })
  const { run } = await oneTask(t, 'http', { ...dispatch, outputs: { echo: '=body' } }, { target })
  const { variables } = await run({ repo: 'me/shop', product: 1 })
  const echo = variables.echo as Record<string, string>
  assert.deepEqual([echo.raw, echo.url], ['Bearer ***', 'Bearer%20***'])
  assert.doesNotMatch(Buffer.from(echo.base64!, 'base64').toString('latin1'), /0123456789/)
})

test('a token whose every letter is escaped in the answer is masked all the same, in an error too', async (t) => {
  const escaped = [...token].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const target = await startTarget(t, (_, response) => response.writeHead(400).end(`{"bad":"${escaped}"}`))
  const { engine, bpmnProcessId, log } = await oneTask(t, 'http', { ...dispatch, retries: '1' }, { target })
  const line = log.line(/job failed/)
  await createInstance(engine, { bpmnProcessId, variables: { repo: 'me/shop', product: 1 } })
  assert.match((await line).message, /Http request failed with 400: \{"bad":"\*\*\*"\}/)
})

test('a secret is not sent where it is not bound to: an incident says so, and nothing was sent', async (t) => {
  const target = await startTarget(t, (_, response) => response.end())
  const { engine, bpmnProcessId, log } = await oneTask(t, 'http', {
    headers: { url: target.origin },
    inputs: dispatch.inputs,
  })
  const line = log.line(/not sent/)
  await createInstance(engine, { bpmnProcessId, variables: { product: 1 } })
  assert.match(
    (await line).message,
    new RegExp(
      `secret GitHubToken may go to api\\.github\\.com, not to 127\\.0\\.0\\.1:${target.port}; .*SECRET_HOSTS`,
    ),
  )
  assert.equal(target.received.length, 0)
  if (onEmbedded) assert.match((await theIncident(engine)).message, /not sent: secret GitHubToken/)
})

test('a name of a secret in somebody’s data is not replaced in a dispatch', async (t) => {
  const target = await startTarget(t, (_, response) => response.writeHead(204).end())
  const { run } = await oneTask(t, 'http', dispatch, { target })
  await run({ repo: 'me/shop', product: { note: '{{GitHubToken}} {{secrets.GitHubToken}} ${GitHubToken}' } })
  assert.deepEqual(JSON.parse(target.received[0]!.body).client_payload.product, {
    note: '{{GitHubToken}} {{secrets.GitHubToken}} ${GitHubToken}',
  })
})

test('a payload without room for the event_id fails the job with that reason', async (t) => {
  const target = await startTarget(t, (_, response) => response.writeHead(204).end())
  const inputs = { 'body.event_type': 'x', 'body.client_payload': '=payload' }
  const { engine, bpmnProcessId, log } = await oneTask(t, 'http', { headers: dispatch.headers, inputs }, { target })
  const payload = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`p${index}`, index]))
  const line = log.line(/client_payload has 10 properties/)
  await createInstance(engine, { bpmnProcessId, variables: { repo: 'me/shop', payload } })
  await line
  assert.equal(target.received.length, 0)
})

test('a target that is down costs the job its retries; an operator’s resolving sends it, with the same event_id', {
  skip: !onEmbedded && 'the protocol lists no incidents',
}, async (t) => {
  const ids: string[] = []
  const first = await startTarget(t, (request, response) => {
    ids.push(JSON.parse(request.body).client_payload.event_id)
    response.socket!.destroy()
  })
  const { engine, bpmnProcessId, log } = await oneTask(t, 'http', { ...dispatch, retries: '2' }, { target: first })
  const lines = [log.line(/cannot be reached/), log.line(/job completed/)]
  await createInstance(engine, { bpmnProcessId, variables: { repo: 'me/shop', product: 1 } })
  await lines[0]
  await until(async () => (await listIncidents(engine)).length > 0)
  const incident = await theIncident(engine)
  assert.match(incident.message, /Http request failed: 127\.0\.0\.1:\d+ cannot be reached/)
  await log.running.stop()
  const second = await startTarget(t, (request, response) => {
    ids.push(JSON.parse(request.body).client_payload.event_id)
    response.writeHead(204).end()
  })
  const again = startLogged(t, engine, { target: second })
  const completed = again.line(/job completed/)
  await resolveIncident(engine, incident.key)
  await completed
  assert.deepEqual([ids.length, new Set(ids).size], [3, 1])
})

test('a status in neither list leaves the job to whoever has its key', async (t) => {
  const keys = Promise.withResolvers<string>()
  const target = await startTarget(t, (request, response) => {
    keys.resolve(request.path.slice(1))
    response.writeHead(202).end()
  })
  const headers = { url: `${target.origin}/{{jobKey}}`, statusCodeCompletion: '200', statusCodeFailure: '4xx, 5xx' }
  const { engine, run } = await oneTask(t, 'http', { headers })
  const result = run({})
  const key = await keys.promise
  await answerJob(
    engine,
    jobWith({ key }),
    { type: 'complete', variables: { from: 'elsewhere' } },
    new AbortController().signal,
  )
  assert.equal((await result).variables.from, 'elsewhere')
  assert.equal(target.received.length, 1)
})

test('an error code in the answer is a BPMN error, which a boundary event catches', async (t) => {
  const target = await startTarget(t, (_, response) =>
    json(response, 409, { error: { code: 'SOLD_OUT', text: 'none left' } }),
  )
  const { run } = await oneTask(t, 'http', { headers: { url: target.origin, errorCodePath: 'error.code' } })
  assert.equal((await run({})).variables.caught, true)
})

test('a model in connector form dispatches, and its result expression is merged', async (t) => {
  const target = await startTarget(t, (_, response) => json(response, 200, { id: 7 }))
  const { run } = await oneTask(
    t,
    'io.camunda:http-json:1',
    {
      headers: { resultVariable: 'response', resultExpression: '={id: response.body.id}' },
      inputs: {
        method: 'POST',
        url: '="https://api.github.com/repos/" + repo + "/dispatches"',
        'authentication.type': 'bearer',
        'authentication.token': '{{secrets.GitHubToken}}',
        body: '={event_type: "restock_item", client_payload: {event_id: "mine", n: 1}}',
      },
    },
    { target },
  )
  const { variables } = await run({ repo: 'me/shop' })
  assert.deepEqual([variables.id, (variables.response as Record<string, unknown>).status], [7, 200])
  const [request] = target.received
  assert.equal(request!.headers.authorization, `Bearer ${token}`)
  assert.deepEqual(JSON.parse(request!.body), {
    event_type: 'restock_item',
    client_payload: { event_id: 'mine', n: 1 },
  })
})

test('an error expression of the connector form throws a BPMN error', async (t) => {
  const target = await startTarget(t, (_, response) => json(response, 404, {}))
  const errorExpression = '=if error.code = "404" then bpmnError("SOLD_OUT", "gone") else null'
  const { run } = await oneTask(t, 'io.camunda:http-json:1', {
    headers: { errorExpression },
    inputs: { method: 'GET', url: target.origin },
  })
  assert.equal((await run({})).variables.caught, true)
})

test('a hundred jobs at once are a hundred requests', async (t) => {
  const target = await startTarget(t, (_, response) => response.writeHead(204).end())
  const { engine, bpmnProcessId, run } = await oneTask(t, 'http', { ...dispatch, outputs: {} }, { target })
  assert.ok(engine && bpmnProcessId)
  await Promise.all(Array.from({ length: 100 }, (_, product) => run({ repo: 'me/shop', product })))
  const products = target.received.map(({ body }) => JSON.parse(body).client_payload.product)
  assert.deepEqual(
    products.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, product) => product),
  )
})

async function theIncident(engine: Engine) {
  await until(async () => (await listIncidents(engine)).length > 0)
  return (await listIncidents(engine))[0]!
}

/** The engine tells no event of an incident: it is asked. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
