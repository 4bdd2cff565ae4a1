import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Job } from '../../src/zeebe/job.ts'
import { sendToHub } from './sendToHub.ts'
import { raiseIncident, sendEvent } from './workers.ts'

test('a job sends its event, with an id that the same job repeats, and completes with the result', async () => {
  const sent: unknown[] = []
  const send = async (...[type, payload]: [string, unknown]) => {
    sent.push([type, payload])
    return { status: 'done', result: { stock_level: 4 } } as const
  }
  const given = job({ variables: { payload: { order_id: 'o-1' } } })
  const outcome = await sendEvent(given, { engineId: 'engine-a', send })
  await sendEvent(given, { engineId: 'engine-a', send })
  assert.deepEqual(outcome, { type: 'complete', variables: { result: { stock_level: 4 } } })
  const event = ['get_stock_level', { order_id: 'o-1', event_id: 'engine-a-2251799813685299' }]
  assert.deepEqual(sent, [event, event])
})

test('a refusal fails the job for good, in its words; a failure lets it come again', async () => {
  const error = { code: 'invalid', message: 'client_payload.quantity must be a whole number' }
  const refused = await sendEvent(job({}), { engineId: 'e', send: async () => ({ status: 'refused', error }) })
  assert.deepEqual(refused, { type: 'fail', retries: 0, message: `get_stock_level was refused: ${error.message}` })
  const failed = await sendEvent(job({}), { engineId: 'e', send: async () => ({ status: 'failed', error }) })
  assert.equal(failed.type === 'fail' && failed.retries, undefined)
  const away = await sendEvent(job({}), {
    engineId: 'e',
    send: () => Promise.reject(new Error('connect ECONNREFUSED')),
  })
  assert.deepEqual(away, {
    type: 'fail',
    message: 'get_stock_level was not sent: connect ECONNREFUSED',
    backOff: 1_000,
  })
})

test('the incident is raised the first time, with the note that makes the second time complete', () => {
  const first = raiseIncident(job({ variables: { order: { _id: 'o-4' } } }))
  assert.ok(first.type === 'fail' && first.retries === 0)
  assert.match(first.message, /order 'o-4' is late.*its job is 2251799813685299/)
  const again = raiseIncident(job({ variables: { order: { _id: 'o-4' }, ...first.variables } }))
  assert.deepEqual(again, { type: 'complete' })
})

test('an event is dispatched with the token, and its receipt asked for until it is there', async (t) => {
  const seen: string[] = []
  const answers: Record<string, (response: ServerResponse) => void>[] = [
    { 'POST /repos/o/r/dispatches': (response) => response.writeHead(204).end() },
    { 'GET /repos/o/r/events/e%3A1-7?wait=20000': (response) => response.writeHead(202).end('{"status":"accepted"}') },
    { 'GET /repos/o/r/events/e%3A1-7?wait=20000': (response) => response.end('{"status":"done","result":5}') },
  ]
  const hub = await serve(t, (request, response) => {
    seen.push(request.headers.authorization ?? '')
    const answer = answers.shift()?.[`${request.method} ${request.url}`]
    answer ? answer(response) : response.writeHead(404).end(`${request.method} ${request.url}`)
  })
  const send = sendToHub({ hub, repo: 'o/r', token: 'secret' })
  assert.partialDeepStrictEqual(await send('get_stock_level', { event_id: 'e:1-7' }), { status: 'done', result: 5 })
  assert.deepEqual(seen, Array(3).fill('Bearer secret'))
})

test("what the hub refuses rejects with the hub's words", async (t) => {
  const hub = await serve(t, (_, response) => response.writeHead(422).end('{"message":"No more than 10 properties"}'))
  const send = sendToHub({ hub, repo: 'o/r', token: 'secret' })
  await assert.rejects(send('x', { event_id: '1' }), { code: 'unavailable', message: /422.*No more than 10/ })
})

function job(given: Partial<Job>): Job {
  const keys = {
    key: '2251799813685299',
    processInstanceKey: '2251799813685290',
    elementInstanceKey: '2251799813685298',
  }
  const process = {
    bpmnProcessId: 'order-fulfilment-grpc',
    processDefinitionVersion: 1,
    processDefinitionKey: '2251799813685249',
  }
  const task = { type: 'inventory', elementId: 'GetStockLevel', customHeaders: { event_type: 'get_stock_level' } }
  return { ...keys, ...process, ...task, worker: 'test', retries: 3, deadline: 0, variables: {}, ...given }
}

async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
