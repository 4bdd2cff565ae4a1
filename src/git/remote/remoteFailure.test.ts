import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remoteFailure } from './remoteFailure.ts'

// What git 2.39.5 and GitHub say.
for (const { words, code, advice } of [
  {
    words: 'fatal: the receiving end does not support --atomic push\nfatal: the remote end hung up unexpectedly',
    code: 'invalid',
    advice: /receive\.advertiseAtomic/,
  },
  {
    words: ' ! [remote rejected] 1 -> refs/commitbase/receipts (deny updating a hidden ref)',
    code: 'invalid',
    advice: /hideRefs/,
  },
  {
    words: 'remote: error: GH006: Protected branch update failed for refs/heads/main.',
    code: 'unauthorized',
    advice: /rule/,
  },
  {
    words: 'remote: error: hook declined to update refs/heads/main',
    code: 'unauthorized',
    advice: /a hook of the server/,
  },
  { words: 'error: no DAV locking support on http://x/', code: 'invalid', advice: /no git server/ },
  { words: 'fatal: unable to access: The requested URL returned error: 403', code: 'unauthorized', advice: /token/ },
  { words: 'fatal: unable to access: The requested URL returned error: 503', code: 'unavailable', advice: /try again/ },
  { words: 'fatal: something new', code: 'internal', advice: /something new/ },
]) {
  test(`'${words.split('\n')[0]}' is ${code}`, () => {
    const error = remoteFailure('pushing to', 'http://x/', words)
    assert.equal(error.code, code)
    assert.match(error.message, advice)
  })
}
