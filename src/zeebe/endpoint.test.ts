import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointOf } from './endpoint.ts'

const oauth = { clientId: 'a', clientSecret: 'b', authorizationServerUrl: 'https://login.example' }

test('an address is taken apart, and TLS decided by scheme, credentials and loopback', () => {
  const cases: [Parameters<typeof endpointOf>[0], string, boolean][] = [
    [{ address: '127.0.0.1:26500' }, '127.0.0.1:26500', true],
    [{ address: 'localhost' }, 'localhost:26500', true],
    [{ address: 'zeebe.internal:26500' }, 'zeebe.internal:26500', true],
    [{ address: 'zeebe.internal:26500', oauth }, 'zeebe.internal:26500', false],
    [{ address: '127.0.0.1:26500', oauth }, '127.0.0.1:26500', true],
    [{ address: 'zeebe.internal:26500', oauth, plaintext: true }, 'zeebe.internal:26500', true],
    [{ address: 'https://a.bru-2.zeebe.camunda.io' }, 'a.bru-2.zeebe.camunda.io:443', false],
    [{ address: 'grpcs://a.example:26500/' }, 'a.example:26500', false],
    [{ address: 'http://a.example:80' }, 'a.example:80', true],
    [{ address: '[::1]:26500' }, '[::1]:26500', true],
  ]
  for (const [options, address, plaintext] of cases) {
    const endpoint = endpointOf(options)
    assert.deepEqual([`${endpoint.host}:${endpoint.port}`, endpoint.plaintext], [address, plaintext], options.address)
  }
})

test('what is no address is refused with what came', () => {
  for (const address of ['', 'ftp://a:1', 'a:b:c', 'user@host:1', 'host:99999']) {
    assert.throws(() => endpointOf({ address }), { code: 'invalid', message: new RegExp(`got '${address}'`) }, address)
  }
})
