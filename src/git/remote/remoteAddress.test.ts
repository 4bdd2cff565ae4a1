import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRemoteAddress } from './remoteAddress.ts'

test('a token becomes a header for this server alone, and the address stays without it', () => {
  const { url, config } = readRemoteAddress('https://github.com/acme/shop.git', 'secret')
  assert.equal(url, 'https://github.com/acme/shop.git')
  const header = `Authorization: Basic ${btoa('x-access-token:secret')}`
  assert.equal(config['http.https://github.com/.extraHeader'], header)
})

test('a password in the address goes the same way', () => {
  const { url, config, mask } = readRemoteAddress('https://ada:s%20cret@git.example.org:8443/shop.git')
  assert.equal(url, 'https://git.example.org:8443/shop.git')
  assert.equal(config['http.https://git.example.org:8443/.extraHeader'], `Authorization: Basic ${btoa('ada:s cret')}`)
  assert.equal(mask(`s cret, s%20cret, ${btoa('ada:s cret')}`), '***, ***, ***')
})

test('a folder becomes a file address, so that git speaks its protocol to it', () => {
  assert.equal(readRemoteAddress('/tmp/a b%.git').url, 'file:///tmp/a%20b%25.git')
  assert.equal(readRemoteAddress('git@github.com:acme/shop.git', 'unused').url, 'git@github.com:acme/shop.git')
})

test('what would start a program, and what git would take for an option, is refused', () => {
  for (const address of ['ext::sh -c id', 'ext://x', '--upload-pack=id', 'javascript://x', 'https://']) {
    assert.throws(() => readRemoteAddress(address), { code: 'invalid' }, address)
  }
})

test('a token that would add a header is refused without being shown', () => {
  assert.throws(
    () => readRemoteAddress('https://github.com/acme/shop.git', 'abc\nX-Evil: 1'),
    (error: Error) => /the token holds/.test(error.message) && !error.message.includes('abc'),
  )
})
