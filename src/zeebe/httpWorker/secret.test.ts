import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valuesToMask, whyNot } from './secret.ts'

const bound = (...hosts: string[]) => ({ value: 'long enough', hosts })

test('a secret goes where it is bound to, and nowhere else', () => {
  const cases: [string, string, boolean][] = [
    ['api.github.com', 'https://api.github.com/repos', true],
    ['api.github.com', 'https://api.github.com:8443/', true],
    ['api.github.com', 'https://api.github.com.evil.example/', false],
    ['api.github.com', 'https://evil.example/api.github.com', false],
    ['api.github.com', 'https://api.github.com@evil.example/', false],
    ['api.github.com', 'https://evil.example\\@api.github.com/', false],
    ['API.GitHub.com', 'https://api.github.com/', true],
    ['host.example:8443', 'https://host.example:8443/', true],
    ['host.example:8443', 'https://host.example/', false],
    ['host.example:443', 'https://host.example/', true],
    ['*.example.com', 'https://a.b.example.com/', true],
    ['*.example.com', 'https://example.com/', false],
    ['*.example.com', 'https://badexample.com/', false],
    ['http://10.0.0.1:8080', 'http://10.0.0.1:8080/x', true],
    ['http://10.0.0.1:8080', 'http://10.0.0.1:8081/x', false],
  ]
  for (const [host, url, may] of cases)
    assert.equal(whyNot('T', bound(host), new URL(url)) === undefined, may, `${host} → ${url}`)
})

test('plain text is for this machine only', () => {
  assert.match(whyNot('T', bound('api.github.com'), new URL('http://api.github.com/'))!, /plain text: use https/)
  assert.equal(whyNot('T', bound('127.0.0.1'), new URL('http://127.0.0.1:8080/')), undefined)
  assert.equal(whyNot('T', bound('localhost'), new URL('http://localhost:8080/')), undefined)
})

test('the reason names the secret, its hosts and the binding to set, never the value', () => {
  const reason = whyNot('Token', bound('a.example'), new URL('https://b.example:8443/x'))!
  assert.match(
    reason,
    /secret Token may go to a\.example, not to b\.example:8443; .*SECRET_HOSTS='Token=b\.example:8443'/,
  )
  assert.match(whyNot('Token', bound(), new URL('https://b.example/'))!, /bound to no host/)
  assert.doesNotMatch(reason, /long enough/)
})

test('a public one goes anywhere and is not masked; one too short to be masked goes nowhere', () => {
  const short = { value: 'abc', hosts: ['a.example'] }
  assert.equal(whyNot('T', { value: 'https://a.example', hosts: ['*'] }, new URL('http://x.example')), undefined)
  assert.match(whyNot('T', short, new URL('https://a.example'))!, /shorter than 4 characters/)
  const secrets = new Map([
    ['a', { value: 'https://a.example', hosts: ['*'] }],
    ['b', short],
    ['c', bound()],
  ])
  assert.deepEqual(valuesToMask(secrets), ['long enough'])
})
