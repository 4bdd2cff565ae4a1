import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore, type EngineStore } from '../../src/engine/storage/store.ts'
import { end, flow, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import { codeOf } from '../../src/errors.ts'
import { connect } from '../../src/zeebe/connect.ts'
import { createInstance } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { fixedSecrets } from '../../src/zeebe/httpWorker/secret.ts'
import { startHttpWorker } from '../../src/zeebe/httpWorker/start.ts'
import { startTarget } from './support/target.ts'

const dispatch = serviceTask('task', 'http', {
  headers: { url: '{{hub}}/repos/me/shop/dispatches', method: 'post' },
  inputs: { 'body.event_type': 'x', 'body.client_payload': '={n: 1}' },
})
const resources = [{ name: 'p.bpmn', content: model('p', start(), dispatch, end(), flow('start -> task -> end')) }]

/** A worker and its client, which stay while engines come and go at one port. */
async function startStanding(t: TestContext) {
  const bodies: string[] = []
  let resolve = () => {}
  const target = await startTarget(t, ({ body }, response) => {
    bodies.push(body)
    response.writeHead(204).end()
    resolve()
  })
  const first = await startEngine({ store: createMemoryStore(), port: 0 })
  const client = connect({ address: first.address })
  const worker = startHttpWorker({ engine: client, secrets: fixedSecrets({}), allow: ['127.0.0.1'] })
  const engines = [first]
  t.after(async () => {
    await worker.stop()
    await client.close()
    for (const engine of engines) await engine.stop()
  })
  return {
    client,
    bodies,
    target,
    nextRequest: () => new Promise<void>((done) => (resolve = done)),
    replaceEngine: async (store: EngineStore) => {
      await engines.pop()!.stop()
      engines.push(await startEngine({ store, port: first.port }))
    },
  }
}

test('a worker goes on when the engine was away; another engine at the same address gets other event ids for the same job key', async (t) => {
  const standing = await startStanding(t)
  const keys: string[] = []
  for (const _engine of ['first', 'second']) {
    const requested = standing.nextRequest()
    await whenThere(() => deploy(standing.client, resources))
    const { processInstanceKey } = await createInstance(standing.client, {
      bpmnProcessId: 'p',
      variables: { hub: standing.target.origin },
    })
    keys.push(processInstanceKey)
    await requested
    if (keys.length === 1) await standing.replaceEngine(createMemoryStore())
  }
  assert.equal(keys[0], keys[1])
  const ids = standing.bodies.map((body) => JSON.parse(body).client_payload.event_id)
  assert.equal(new Set(ids).size, 2)
})

test('a job that waited while the engine was away is done when it is back', async (t) => {
  const standing = await startStanding(t)
  const store = createMemoryStore()
  await standing.replaceEngine(store)
  const content = model('later', start(), serviceTask('task', 'later'), end(), flow('start -> task -> end'))
  await whenThere(() => deploy(standing.client, [...resources, { name: 'later.bpmn', content }]))
  const requested = standing.nextRequest()
  await createInstance(standing.client, { bpmnProcessId: 'p', variables: { hub: standing.target.origin } })
  await standing.replaceEngine(store)
  await requested
  assert.ok(standing.bodies.length >= 1)
  assert.equal(new Set(standing.bodies).size, 1)
})

/** The client finds the engine again after a pause of its own. */
async function whenThere<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (codeOf(error) !== 'unavailable') throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
