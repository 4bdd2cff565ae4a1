import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { end, flow, model, serviceTask, start, type UserActivity, userTask } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const approval = (task: UserActivity = {}) =>
  model(
    'approval',
    start(),
    userTask('approve', { native: true, ...task }),
    serviceTask('after'),
    end(),
    flow('start -> approve -> after -> end'),
  )

/** A running task, and what asks the REST API about it. */
async function startTask(t: TestContext, task?: UserActivity) {
  const engine = await startTestEngine(t, { rest: { port: 0 }, records: {} })
  await engine.deploy({ 'approval.bpmn': approval(task) })
  await engine.create('approval')
  const records = []
  for await (const { json } of engine.records.read({ follow: false })) records.push(JSON.parse(json))
  const { key } = records.findLast(({ valueType }) => valueType === 'USER_TASK')
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${engine.rest!.address}${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    })
  return { engine, ask, path: `/v2/user-tasks/${key}`, key, last: lastTaskOf(engine) }
}

function lastTaskOf(engine: Awaited<ReturnType<typeof startTestEngine>>) {
  return async () => {
    let last = { intent: '', value: {} as Record<string, unknown> }
    for await (const { json } of engine.records.read({ follow: false })) {
      const record = JSON.parse(json)
      if (record.valueType === 'USER_TASK') last = record
    }
    return last
  }
}

async function problem(response: Response) {
  const type = response.headers.get('content-type') ?? ''
  assert.match(type, /^application\/problem\+json/)
  return (await response.json()) as Record<string, unknown>
}

test('a user task is completed with variables, and its instance goes on', async (t) => {
  const { engine, ask, path } = await startTask(t)
  const done = await ask('POST', `${path}/completion`, { variables: { approved: true, of: { a: [1] } } })
  assert.deepEqual([done.status, await done.text()], [204, ''])
  const [job] = await engine.client.activate('after', { requestTimeout: 5_000 })
  assert.deepEqual(JSON.parse(job!.variables as string), { approved: true, of: { a: [1] } })
})

test('nothing need be said to complete it', async (t) => {
  const { engine, ask, path, last } = await startTask(t)
  assert.equal((await ask('POST', `${path}/completion`)).status, 204)
  assert.equal((await engine.client.activate('after', { requestTimeout: 5_000 })).length, 1)
  assert.equal((await last()).value.action, 'complete')
})

test('it is assigned, kept from others, given back, and changed', async (t) => {
  const { ask, path, last } = await startTask(t)
  assert.equal((await ask('POST', `${path}/assignment`, { assignee: 'ann', action: 'take' })).status, 204)
  assert.deepEqual([(await last()).value.assignee, (await last()).value.action], ['ann', 'take'])
  const claimed = await ask('POST', `${path}/assignment`, { assignee: 'bob', allowOverride: false })
  const { title, status, detail } = await problem(claimed)
  assert.deepEqual([claimed.status, status, title], [409, 409, 'INVALID_STATE'])
  assert.match(
    String(detail),
    /^Command 'CLAIM' rejected with code 'INVALID_STATE': Expected to claim .* already been assigned$/,
  )
  assert.equal((await ask('DELETE', `${path}/assignee`)).status, 204)
  assert.deepEqual([(await last()).value.assignee, (await last()).value.action], ['', 'unassign'])
  const changeset = {
    candidateGroups: ['g'],
    dueDate: '2026-01-01T10:00:00Z',
    priority: 80,
    elementId: 'ignored',
    followUpDate: null,
  }
  assert.equal((await ask('PATCH', path, { changeset })).status, 204)
  const { value } = await last()
  assert.deepEqual(
    [value.candidateGroupsList, value.dueDate, value.priority, value.changedAttributes, value.action],
    [['g'], '2026-01-01T10:00:00Z', 80, ['candidateGroupsList', 'dueDate', 'priority'], 'update'],
  )
})

test('problems are told in the real gateway’s words', async (t) => {
  const { ask, path } = await startTask(t)
  const nothing =
    'No update data provided. Provide at least an "action" or a non-null value for a supported attribute in the "changeset".'
  const cases: [response: Response, status: number, title: string, detail: string][] = [
    [
      await ask('POST', '/v2/user-tasks/1/completion', {}),
      404,
      'NOT_FOUND',
      "Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete user task with key '1', but no such user task was found",
    ],
    [
      await ask('POST', '/v2/user-tasks/x/completion', {}),
      400,
      'Bad Request',
      "Failed to convert 'userTaskKey' with value: 'x'",
    ],
    [
      await ask('POST', '/v2/user-tasks/9223372036854775808/completion', {}),
      400,
      'Bad Request',
      "Failed to convert 'userTaskKey' with value: '9223372036854775808'",
    ],
    [await ask('POST', `${path}/completion`, '{'), 400, 'Bad Request', 'Failed to read request'],
    [await ask('POST', `${path}/completion`, { variables: 5 }), 400, 'Bad Request', 'Failed to read request'],
    [
      await ask('POST', `${path}/completion`, '{"variables":{"n":12345678901234567890}}'),
      400,
      'INVALID_ARGUMENT',
      "The number 12345678901234567890 of 'n' would be kept as 12345678901234567000; send it as a string.",
    ],
    [
      await ask('POST', `${path}/completion`, 'x', { 'content-type': 'text/plain' }),
      415,
      'Unsupported Media Type',
      "Content-Type 'text/plain' is not supported.",
    ],
    [await ask('POST', `${path}/assignment`), 400, 'Bad Request', 'Required request body is missing'],
    [await ask('POST', `${path}/assignment`, { assignee: ' ' }), 400, 'INVALID_ARGUMENT', 'No assignee provided.'],
    [await ask('PATCH', path), 400, 'INVALID_ARGUMENT', nothing],
    [await ask('PATCH', path, { changeset: { elementInstanceKey: 1 } }), 400, 'INVALID_ARGUMENT', nothing],
    [
      await ask('PATCH', path, { changeset: { dueDate: 'bar', followUpDate: 'foo', priority: 101 } }),
      400,
      'INVALID_ARGUMENT',
      "The provided due date 'bar' cannot be parsed as a date according to RFC 3339, section 5.6. The provided follow-up date 'foo' cannot be parsed as a date according to RFC 3339, section 5.6. The value for priority is '101' but must be within the [0,100] range.",
    ],
    [await ask('GET', '/v2/nothing'), 404, 'Not Found', 'No endpoint GET /v2/nothing.'],
  ]
  for (const [response, status, title, detail] of cases) {
    const { pathname: instance } = new URL(response.url)
    assert.deepEqual(
      [response.status, await problem(response)],
      [status, { type: 'about:blank', title, status, detail, instance }],
    )
  }
})

test('it says what the cluster is, and that it has no license', async (t) => {
  const { engine, ask } = await startTask(t)
  const topology = (await (await ask('GET', '/v2/topology')).json()) as Record<string, unknown>
  assert.deepEqual(topology, {
    brokers: [
      {
        nodeId: 0,
        host: '127.0.0.1',
        port: engine.port,
        version: '8.6.0',
        partitions: [{ partitionId: 1, role: 'leader', health: 'healthy' }],
      },
    ],
    clusterSize: 1,
    partitionsCount: 1,
    replicationFactor: 1,
    gatewayVersion: '8.6.0',
  })
  assert.deepEqual(await (await ask('GET', '/v2/license')).json(), { validLicense: false, licenseType: 'unknown' })
})

test('what a web site has a browser send is refused', async (t) => {
  const { engine, path } = await startTask(t)
  const status = await new Promise((resolve, reject) => {
    const headers = { origin: 'http://evil.example' }
    const asked = request(`${engine.rest!.address}${path}/completion`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject).end()
  })
  assert.equal(status, 403)
})
