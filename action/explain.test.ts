import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitbaseError } from '../src/errors.ts'
import { explain } from './explain.ts'

test('a refused token, a refused client and an engine that is away name the input to look at', () => {
  assert.match(
    explain(new CommitbaseError('unauthorized', 'git said no'), { kind: 'handlers', path: 'h' }),
    /^git said no\. .*'github_token'.*contents: write/,
  )
  const deploy = { kind: 'deploy', filename: 'a', directory: '' } as const
  assert.match(explain(new CommitbaseError('unauthorized', 'no'), deploy), /'zeebe_client_secret'/)
  assert.match(explain(new CommitbaseError('unavailable', 'nobody there'), deploy), /^nobody there\. .*'zeebe_address'/)
})

test('a wait that was too short names its own input', () => {
  const wait = { kind: 'create', processId: 'p', variables: '', wait: 1 } as const
  assert.match(explain(new CommitbaseError('unavailable', 'DEADLINE_EXCEEDED: PT1S'), wait), /'request_timeout'/)
})

test('git’s words end before the advice begins', () => {
  const said = new CommitbaseError('unauthorized', 'refused!\nDone.\n')
  assert.match(explain(said, { kind: 'resend' }), /Done\. Check the input/)
})

test('what names its input already is left as it is', () => {
  assert.equal(explain(new CommitbaseError('unauthorized', "mend 'github_token'"), undefined), "mend 'github_token'")
  assert.equal(explain(new Error('broken'), { kind: 'resend' }), 'broken')
})
