import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { closeAll } from './closeAll.ts'

test('each is closed after the one before, whatever becomes of it, and the first error is thrown in the end', async () => {
  const closed: string[] = []
  const closing = (name: string, error?: Error) => ({
    name,
    close: async () => {
      await setImmediate()
      closed.push(name)
      if (error) throw error
    },
  })
  const closings = [closing('a', new Error('first')), closing('b', new Error('second')), closing('c')]
  await assert.rejects(
    closeAll(closings, () => {}),
    /first/,
  )
  assert.deepEqual(closed, ['a', 'b', 'c'])
})

test('what takes long is named', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const gate = Promise.withResolvers<void>()
  const said: string[] = []
  const stopped = closeAll(
    [
      { name: 'the quick one', close: async () => {} },
      { name: 'the slow one', close: () => gate.promise },
    ],
    (message) => said.push(message),
  )
  await setImmediate()
  t.mock.timers.tick(5_000)
  gate.resolve()
  await stopped
  assert.deepEqual(said, ['stopping: still waiting for the slow one'])
})
