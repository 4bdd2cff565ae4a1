import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { ask, cloneAddress, dispatch, git, newFolder, repository } from '../../src/hub/testing/testHub.ts'
import { createInstance } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { topology } from '../../src/zeebe/topology.ts'
import { connectTestEngine, onEmbedded, unique } from '../zeebe/support/engine.ts'
import { applied, startDatabaseHub } from './databaseHub.ts'

test('no record, query, patch or update reaches a prototype', async (t) => {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one', list: [1] } })
  const body = (json: string) =>
    ask(hub, `/repos/${repository}/dispatches`, {
      method: 'POST',
      body: `{"event_type":"put","client_payload":${json}}`,
    })
  assert.equal((await body('{"table":"stock","record":{"_id":"two","__proto__":{"polluted":1}}}')).status, 422)
  assert.equal((await body('{"__proto__":{"polluted":1}}')).status, 422)
  assert.equal((await body('{"table":"stock","record":{"_id":"two","\\u005f_proto__":1}}')).status, 422)
  const attempts: [string, Record<string, unknown>][] = [
    ['put', { table: 'stock', record: { _id: 'two', constructor: { prototype: { polluted: 1 } } } }],
    ['patch', { table: 'stock', id: 'one', patch: [{ op: 'add', path: '/__proto__/polluted', value: 1 }] }],
    ['patch', { table: 'stock', id: 'one', patch: [{ op: 'add', path: '/constructor/prototype/polluted', value: 1 }] }],
    ['patch', { table: 'stock', id: 'one', patch: [{ op: 'copy', from: '/constructor', path: '/a' }] }],
    ['patch', { table: 'stock', id: 'one', patch: [{ op: 'add', path: '/list/__proto__/polluted', value: 1 }] }],
    ['patch', { table: 'stock', id: 'one', patch: { constructor: { prototype: { polluted: 1 } } } }],
    ['update', { table: 'stock', fields: { '__proto__.polluted': 1 }, query: {} }],
    ['update', { table: 'stock', fields: { 'constructor.prototype.polluted': 1 }, query: {} }],
    ['find', { table: 'stock', query: { '__proto__.polluted': 1 } }],
    ['find', { table: 'stock', query: { constructor: { $exists: true } } }],
    ['find', { table: 'stock', query: {}, options: { project: { '__proto__.polluted': 1 } } }],
    ['find', { table: 'stock', query: {}, options: { sort: { '__proto__.polluted': 1 } } }],
    ['get', { table: 'constructor', id: 'hasOwnProperty' }],
  ]
  for (const [type, payload] of attempts) {
    const receipt = await applied(hub, type, payload)
    assert.notEqual(receipt.status, 'failed', `${type} ${JSON.stringify(payload)}: ${receipt.error?.message}`)
    assert.equal(Object('polluted').polluted ?? Object({}).polluted, undefined)
  }
  const stored = await applied(hub, 'find', { table: 'stock', query: { polluted: 1 } })
  assert.deepEqual(stored.result, [])
})

test('no variable of a process reaches a prototype', async (t) => {
  const engine = await connectTestEngine(t)
  const bpmnProcessId = unique('proto')
  const task = { inputs: { 'constructor.prototype.polluted': '=1', '__proto__.polluted': '=1', fine: '=1' } }
  const content = model(
    bpmnProcessId,
    start(),
    serviceTask('t', unique('type'), task),
    end(),
    flow('start -> t -> end'),
  )
  await deploy(engine, [{ name: 'proto.bpmn', content }]).catch(() => {})
  const variables = JSON.parse('{"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1}}')
  await createInstance(engine, { bpmnProcessId, variables }).catch(() => {})
  assert.equal(Object({}).polluted, undefined)
  await topology(engine)
})

test('what runs code in a query is not there', async (t) => {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one' } })
  for (const query of [
    { $where: 'process.exit(1)' },
    { $expr: { $function: { body: 'function() { process.exit(1) }', args: [], lang: 'js' } } },
    { a: { $function: 'process.exit(1)' } },
    { a: { $accumulator: {} } },
    { $jsonSchema: {} },
  ]) {
    const { error } = await applied(hub, 'find', { table: 'stock', query })
    assert.equal(error?.code, 'invalid', JSON.stringify(query))
  }
})

test('JSON that is too deep, too long, too wide or no JSON is refused before anything is kept', async (t) => {
  const hub = await startDatabaseHub(t)
  const send = (body: string) => ask(hub, `/repos/${repository}/dispatches`, { method: 'POST', body })
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  for (const [body, status] of [
    [`{"event_type":"put","client_payload":{"a":${nested(101)}}}`, 422],
    [`{"event_type":"put","client_payload":{"a":${nested(400_000)}}}`, 422],
    [nested(500_000), 422],
    [`{"a":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`, 422],
    [`{"event_type":"put","client_payload":{"a":"${'x'.repeat(65_536)}"}}`, 422],
    [`{"event_type":"put","client_payload":{"a":1${'0'.repeat(400)}}}`, 422],
    [`{"event_type":"put","client_payload":{"a":1e400}}`, 422],
    [`{"event_type":"put","client_payload":{"a":"\\ud800"}}`, 422],
    [`{"event_type":"put","client_payload":{"a":1,"a":2}}`, 422],
    ['{"event_type":"put","client_payload":{"a":\u0000}}', 400],
    [' '.repeat(2_000_000), 413],
  ] as const)
    assert.equal((await send(body)).status, status, body.slice(0, 60))
  const lots = Array.from({ length: 20_000 }, () => 0)
  assert.equal((await applied(hub, 'put', { table: 'stock', record: { _id: 'wide', lots } })).status, 'done')
  await hub.idle()
  assert.equal(await git(hub.folder, 'rev-list', '--count', 'main'), '1')
})

test('small payloads do not grow into records without bound', async (t) => {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one', a: ['x'.repeat(1_000)] } })
  const doubling = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }))
  const { error } = await applied(hub, 'patch', { table: 'stock', id: 'one', patch: doubling })
  assert.match(error!.message, /more than 1,048,576 characters/)
  const sparse = await applied(hub, 'patch', {
    table: 'stock',
    id: 'one',
    patch: [{ op: 'add', path: '/a/4000000000', value: 1 }],
  })
  assert.equal(sparse.status, 'refused')
})

test('a regular expression that never ends is stopped, in a query and in a schema that somebody pushed', async (t) => {
  const hub = await startDatabaseHub(t)
  const text = `${'a'.repeat(5_000)}!`
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one', text } })
  for (const query of [
    { text: { $regex: '(a+)+$' } },
    { text: { $regex: '^(a|aa)+$', $options: 'i' } },
    { text: { $not: { $regex: '(a*)*b' } } },
    { $or: [{ text: { $regex: 'a*a*a*a*b' } }] },
    { text: { $in: ['x'] }, $and: [{ text: { $regex: '(.*)*x' } }] },
  ]) {
    const { error, status } = await applied(hub, 'find', { table: 'stock', query })
    assert.ok(status === 'refused' ? /takes too long/.test(error!.message) : JSON.stringify(query).includes('$in'))
  }
  const found = await applied(hub, 'find', {
    table: 'stock',
    query: { text: { $regex: '^aaa' } },
    options: { project: { _id: 1 } },
  })
  assert.deepEqual(found.result, [{ _id: 'one' }])
  await pushSchema(t, hub, { properties: { code: { pattern: '^(a+)+$' } } })
  const refused = await applied(hub, 'put', { table: 'codes', record: { _id: '1', code: `${'a'.repeat(50)}!` } })
  assert.match(refused.error!.message, /takes too long/)
  assert.equal((await applied(hub, 'put', { table: 'codes', record: { _id: '2', code: 'aaa' } })).status, 'done')
})

test('FEEL that never ends or grows without bound is an incident, and the engine goes on', {
  skip: !onEmbedded && 'the protocol lists no incidents',
}, async (t) => {
  const engine = await connectTestEngine(t)
  const lists = [...'bcdefghijklmno']
    .map((name, at) => `${name}: [${`${'abcdefghijklmn'[at]},`.repeat(4)}1]`)
    .join(', ')
  for (const source of [
    '=for i in 1..1000000000 return i',
    '=some i in 1..1000000000 satisfies i = -1',
    '=matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    `={a: [1,1,1], ${lists}}.o`,
    '=string join(for i in 1..200000 return big, "")',
  ]) {
    const bpmnProcessId = unique('endless')
    const task = serviceTask('t', unique('type'), { inputs: { value: source } })
    const content = model(bpmnProcessId, start(), task, end(), flow('start -> t -> end'))
    await deploy(engine, [{ name: 'endless.bpmn', content }])
    const variables = { big: 'x'.repeat(10_000) }
    const { processInstanceKey } = await createInstance(engine, { bpmnProcessId, variables })
    const [incident] = await listIncidents(engine, processInstanceKey)
    assert.match(incident!.message, /more than \d+ (steps|characters|levels)|larger than|call stack/, source)
  }
  await topology(engine)
})

test('BPMN with entities, external references, a million elements or levels is refused, and nothing is fetched', async (t) => {
  const engine = await connectTestEngine(t)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    response.end('<x/>')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const plain = model('p', start(), end(), flow('start -> end'))
  const inside = (xml: string) => plain.replace('<bpmn:startEvent', `${xml}<bpmn:startEvent`)
  const before = (xml: string) => plain.replace(/(<\?xml[^>]*\?>)?/, `$1${xml}`)
  const laughs = Array.from({ length: 30 }, (_, at) => `<!ENTITY l${at + 1} "&l${at};&l${at};">`).join('')
  for (const content of [
    before(`<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`),
    before('<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
    before(`<!doctype x PUBLIC "-//x" "${address}/dtd">`),
    inside(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${address}/x"/>`),
    inside('<bpmn:task id="t"/>'.repeat(2)),
    inside('<a/>'.repeat(900_000)),
    inside(Array.from({ length: 60_000 }, (_, at) => `<bpmn:task id="t${at}"/>`).join('')),
    inside(`${'<bpmn:subProcess>'.repeat(40_000)}${'</bpmn:subProcess>'.repeat(40_000)}`),
    plain.slice(0, -30),
    '\u0000'.repeat(1_000),
    `<bpmn:definitions ${'a="1" '.repeat(100_000)}`,
  ])
    await assert.rejects(deploy(engine, [{ name: 'p.bpmn', content }]), content.slice(0, 200))
  const importing = `<bpmn:import location="${address}/model.bpmn" importType="http://www.omg.org/spec/BPMN/20100524/MODEL" namespace="x"/>`
  await deploy(engine, [
    {
      name: 'p.bpmn',
      content: before(`<?xml-stylesheet href="${address}/style"?>`).replace(
        '<bpmn:process',
        `${importing}<bpmn:process`,
      ),
    },
  ]).catch(() => {})
  await topology(engine)
  assert.deepEqual(asked, [])
})

async function pushSchema(t: TestContext, hub: Hub, schema: object): Promise<void> {
  const work = join(await newFolder(t), 'work')
  await git('/', 'clone', '-q', cloneAddress(hub), work)
  await mkdir(join(work, 'db/codes'), { recursive: true })
  await writeFile(join(work, 'db/codes/.schema.json'), JSON.stringify(schema))
  await git(work, 'add', '.')
  await git(work, 'commit', '-q', '-m', 'A schema')
  await git(work, 'push', '-q')
  assert.equal((await dispatch(hub, 'get', { table: 'codes', id: 'x' })).status, 204)
}
