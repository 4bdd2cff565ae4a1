import assert from 'node:assert/strict'
import { test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { startGateway } from '../zeebe/testing/gateway.ts'
import { topology } from '../zeebe/topology.ts'
import { onEngine } from './engineAddress.ts'

const advice = /; start it, or say with --address or ZEEBE_ADDRESS where it is$/

test('where no engine answers, the error says to start it or to name it', async (t) => {
  const starting = await failing(t, status.UNAVAILABLE)
  for (const address of ['127.0.0.1:1', starting])
    await assert.rejects(onEngine({ address, data: 'none' }, topology), { code: 'unavailable', message: advice })
})

test('an engine that is too busy has answered: nobody is told to start it', async (t) => {
  const address = await failing(t, status.RESOURCE_EXHAUSTED)
  await assert.rejects(onEngine({ address, data: 'none' }, topology), (error: Error) => {
    assert.match(error.message, /RESOURCE_EXHAUSTED: not now$/)
    return true
  })
})

test('a token server that is down is named, and the engine is not said to be', async (t) => {
  const environment = {
    ZEEBE_ADDRESS: '127.0.0.1:1',
    ZEEBE_CLIENT_ID: 'id',
    ZEEBE_CLIENT_SECRET: 'secret',
    ZEEBE_AUTHORIZATION_SERVER_URL: 'http://127.0.0.1:1/token',
  }
  Object.assign(process.env, environment)
  t.after(() => {
    for (const name of Object.keys(environment)) delete process.env[name]
  })
  await assert.rejects(onEngine({ data: 'none' }, topology), {
    code: 'unavailable',
    message: /^no token .*tried again$/,
  })
})

function failing(t: Parameters<typeof startGateway>[0], code: status): Promise<string> {
  const fails = () => Promise.reject(Object.assign(new Error('not now'), { code, details: 'not now' }))
  return startGateway(t, { Topology: fails })
}
