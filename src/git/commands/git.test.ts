import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { runGit } from './git.ts'

test('git that is given up takes the processes with it that it has started', { timeout: 20_000 }, async () => {
  const giveUp = new AbortController()
  setTimeout(() => giveUp.abort(), 300)
  const config = { 'alias.slow': '!sleep 60 & wait' }
  const { status } = await runGit(['slow'], { environment: process.env, config, signal: giveUp.signal })
  assert.notEqual(status, 0)
})

const autogroup = '/proc/self/autogroup'

test('git in the background gives way to everybody, and not to its own session alone', {
  skip: !existsSync(autogroup) && 'there are no autogroups here',
}, async () => {
  // Git itself: what it had started before has the priority that it was started with.
  const config = { 'alias.look': `!sleep 0.3; cut -d' ' -f19 /proc/$PPID/stat; cat ${autogroup}` }
  const look = async (isBackground: boolean) => {
    const { output } = await runGit(['look'], { environment: process.env, config, isBackground })
    return output.toString()
  }
  const own = `${getPriority()}\n/autogroup-\\d+ nice 0\n`
  assert.match(await look(false), new RegExp(`^${own}$`))
  assert.match(await look(true), /^19\n\/autogroup-\d+ nice 19\n$/)
})
