import assert from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import { getPriority } from 'node:os'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { runGit, startProcess, whenEnded } from './git.ts'

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

test('a child that does not go when it is asked to is killed', {
  skip: process.platform === 'win32',
  timeout: 20_000,
}, async () => {
  const ending = new AbortController()
  const child = startProcess('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 60; done'], process.env)
  await once(child.stdout, 'data')
  const ended = whenEnded(child, ending.signal)
  ending.abort()
  assert.deepEqual(await ended, { status: null, signal: 'SIGKILL' })
})

test('nobody waits for ever for a child that the system does not end, and it holds up nothing', {
  timeout: 20_000,
}, async () => {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const told: string[] = []
  const child = Object.assign(new EventEmitter(), {
    ...streams,
    pid: undefined,
    kill: (signal: string) => told.push(signal),
    unref: () => told.push('unref'),
  }) as unknown as ChildProcessWithoutNullStreams
  const ended = whenEnded(child, AbortSignal.abort())
  await assert.rejects(ended, { code: 'unavailable', message: /did not end when it was killed/ })
  assert.deepEqual(told, ['SIGTERM', 'SIGKILL', 'unref'])
  for (const stream of Object.values(streams)) assert.ok(stream.destroyed)
})
