import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestEngine } from '../testing/testEngine.ts'

test("gRPC's health check answers as a Zeebe gateway's", async (t) => {
  const { client } = await startTestEngine(t)
  for (const service of ['', 'gateway_protocol.Gateway']) {
    assert.deepEqual(await client.call('Check', { service }), { status: 'SERVING' })
  }
  assert.deepEqual(await client.refusal('Check', { service: 'other' }), {
    code: 'NOT_FOUND',
    details: 'unknown service other',
  })
})

test('who watches the health is told it at once, and leaves when he likes', async (t) => {
  const { client } = await startTestEngine(t)
  const watch = client.stream('Watch', { service: '' })
  assert.deepEqual(await watch.first, { status: 'SERVING' })
  watch.cancel()
  const unknown = client.stream('Watch', { service: 'other' })
  assert.deepEqual(await unknown.first, { status: 'SERVICE_UNKNOWN' })
  unknown.cancel()
})
