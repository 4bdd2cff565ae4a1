import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { EngineOptions as EmbeddedOptions } from '../engine/start.ts'
import { certificate } from '../engine/testing/certificate.ts'
import { startTestEngine } from '../engine/testing/testEngine.ts'
import { connect } from '../zeebe/connect.ts'
import type { EngineOptions } from '../zeebe/engineOptions.ts'
import { listIncidents } from '../zeebe/listIncidents.ts'
import { topology } from '../zeebe/topology.ts'
import { ownWay } from './ownWay.ts'

async function call(t: TestContext, options: EngineOptions) {
  const engine = connect(options)
  t.after(() => engine.close())
  await topology(engine)
  assert.deepEqual(await listIncidents(engine), [])
}

async function opensFor(t: TestContext, security: NonNullable<EmbeddedOptions['security']>): Promise<void> {
  const way = await ownWay(security)
  const engine = await startTestEngine(t, way.security)
  await call(t, way.to(engine))
  await assert.rejects(call(t, { address: engine.address }))
}

test('an installation comes to its engine in plain text where nothing is asked for', async (t) => {
  const way = await ownWay(undefined)
  assert.deepEqual(way.security, {})
  await call(t, way.to(await startTestEngine(t)))
})

test('an installation comes to its engine by TLS', async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('needs openssl')
  await opensFor(t, { tls })
})

test('an installation comes to its engine where others need a password, or a token that it has none of', async (t) => {
  await opensFor(t, { authentication: { basic: { username: 'ada', password: 'lovelace' } } })
  await opensFor(t, { authentication: { token: { secret: 'thirty-two characters, no fewer!' } } })
  const tls = await certificate(t)
  if (tls) await opensFor(t, { tls, authentication: { token: { secret: 'thirty-two characters, no fewer!' } } })
})
