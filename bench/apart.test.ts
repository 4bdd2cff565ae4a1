import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runApart } from './apart.ts'
import { npmStart } from './npmStart.ts'

/** A module of that text; `measure` gets the argument. */
function moduleOf(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`)
}

test('the answer comes from another process, maps and all', async () => {
  const text = 'export const measure = ({ ask }) => new Map([[ask, process.pid]])'
  const answer = await runApart<Map<string, number>>(moduleOf(text), { ask: 'pid' }, { limit: 60_000 })
  assert.notEqual(answer.get('pid'), process.pid)
})

test('the process is started as npm start does it', async () => {
  const told = moduleOf('export const measure = () => [process.execArgv, process.env.NODE_COMPILE_CACHE]')
  const { execArgv, environment } = npmStart
  assert.deepEqual(await runApart(told, {}, { limit: 60_000 }), [execArgv, environment.NODE_COMPILE_CACHE])
})

test('what it throws is thrown here', async () => {
  const throwing = moduleOf("export const measure = () => { throw new Error('as it says') }")
  await assert.rejects(runApart(throwing, {}, { limit: 60_000 }), /as it says/)
})

test('one that dies is an error, not a wait', async () => {
  await assert.rejects(runApart(moduleOf('export const measure = () => process.exit(7)'), {}, { limit: 60_000 }), /7/)
})

test('one that takes too long is ended', async () => {
  const endless = moduleOf('export const measure = () => { for (;;); }')
  await assert.rejects(runApart(endless, {}, { limit: 1 }), /not done after 0.001 s/)
})
