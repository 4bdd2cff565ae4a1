import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runGit } from './git.ts'

test('git that is given up takes the processes with it that it has started', { timeout: 20_000 }, async () => {
  const giveUp = new AbortController()
  setTimeout(() => giveUp.abort(), 300)
  const config = { 'alias.slow': '!sleep 60 & wait' }
  const { status } = await runGit(['slow'], { environment: process.env, config, signal: giveUp.signal })
  assert.notEqual(status, 0)
})
