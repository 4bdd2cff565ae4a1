import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presentedToken } from './presentedToken.ts'

test('a token is found in every form that clients give it in, in any letter case', () => {
  const basic = (pair: string) => Buffer.from(pair).toString('base64')
  for (const header of [
    'token secret',
    'Token  secret',
    'Bearer secret',
    'bearer secret',
    'BEARER secret ',
    `Basic ${basic('x-access-token:secret')}`,
    `basic ${basic('anyone:secret')}`,
    `Basic ${basic('secret:')}`,
    `Basic ${basic('secret:x-oauth-basic')}`,
  ])
    assert.equal(presentedToken(header), 'secret', header)
  for (const header of ['', 'secret', 'Digest secret', 'Basic secret', `Basic ${basic('secret')}`])
    assert.equal(presentedToken(header), undefined, header)
})
