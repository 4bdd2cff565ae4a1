import assert from 'node:assert/strict'
import { test } from 'node:test'
import { optionsFromEnvironment } from './engineOptions.ts'

test('an environment without an address names no engine', () => {
  assert.equal(optionsFromEnvironment({}), undefined)
  assert.equal(optionsFromEnvironment({ ZEEBE_ADDRESS: ' ', ZEEBE_CLIENT_ID: 'a' }), undefined)
})

test('the variables of a Camunda SaaS client name its cluster, with all that a token takes', () => {
  const env = {
    CAMUNDA_CLUSTER_ID: '0c2b6a1e-0000-4000-8000-000000000000',
    CAMUNDA_CLUSTER_REGION: 'ont-1',
    ZEEBE_CLIENT_ID: 'client',
    ZEEBE_CLIENT_SECRET: 'secret',
    CAMUNDA_OAUTH_URL: 'https://login.example/token',
  }
  assert.deepEqual(optionsFromEnvironment(env), {
    address: 'https://0c2b6a1e-0000-4000-8000-000000000000.ont-1.zeebe.camunda.io:443',
    clusterId: '0c2b6a1e-0000-4000-8000-000000000000',
    oauth: {
      clientId: 'client',
      clientSecret: 'secret',
      authorizationServerUrl: 'https://login.example/token',
      audience: 'zeebe.camunda.io',
    },
  })
})

test('ZEEBE_ADDRESS goes before ZEEBE_GRPC_ADDRESS, and ZEEBE_SECURE_CONNECTION before ZEEBE_INSECURE_CONNECTION', () => {
  assert.deepEqual(optionsFromEnvironment({ ZEEBE_ADDRESS: 'a:1', ZEEBE_GRPC_ADDRESS: 'b:2' }), { address: 'a:1' })
  assert.deepEqual(optionsFromEnvironment({ ZEEBE_GRPC_ADDRESS: 'b:2', ZEEBE_INSECURE_CONNECTION: 'true' }), {
    address: 'b:2',
    plaintext: true,
  })
  assert.deepEqual(
    optionsFromEnvironment({
      ZEEBE_ADDRESS: 'a:1',
      ZEEBE_SECURE_CONNECTION: 'TRUE',
      ZEEBE_INSECURE_CONNECTION: 'true',
    }),
    {
      address: 'a:1',
      plaintext: false,
    },
  )
})

test('half of the credentials, credentials without a token endpoint and a flag that is none are refused by name', () => {
  const refused = (env: Record<string, string>, named: RegExp) =>
    assert.throws(() => optionsFromEnvironment(env), { code: 'invalid', message: named })
  refused({ ZEEBE_ADDRESS: 'a:1', ZEEBE_CLIENT_ID: 'x' }, /ZEEBE_CLIENT_SECRET is not set/)
  refused({ ZEEBE_ADDRESS: 'a:1', ZEEBE_CLIENT_SECRET: 'x' }, /ZEEBE_CLIENT_ID is not set/)
  refused({ ZEEBE_ADDRESS: 'a:1', ZEEBE_CLIENT_ID: 'x', ZEEBE_CLIENT_SECRET: 'y' }, /ZEEBE_AUTHORIZATION_SERVER_URL/)
  refused({ ZEEBE_ADDRESS: 'a:1', ZEEBE_SECURE_CONNECTION: 'yes' }, /must be true or false; got 'yes'/)
})
