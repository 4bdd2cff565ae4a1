import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Happening } from './happening.ts'
import { Happenings } from './happenings.ts'

test('each listener is told, until it has enough, whatever another one does', () => {
  const errors: unknown[] = []
  const happenings = new Happenings('run', (error) => errors.push(error))
  const told: string[] = []
  happenings.on(() => {
    throw new Error('a bad listener')
  })
  const silence = happenings.on((happening, id) => told.push(`${id} ${happening.type}`))
  happenings.tell(pushed())
  silence()
  happenings.tell(pushed())
  assert.deepEqual(told, ['run-1 pushed'])
  assert.equal(errors.length, 2)
})

test('one who comes back gets what it missed of the same run, and a thousand at most', () => {
  const happenings = new Happenings('run', assert.ifError)
  for (let count = 0; count < 1_500; count++) happenings.tell(pushed())
  assert.deepEqual(
    happenings.after('run-1498').map(({ id }) => id),
    ['run-1499', 'run-1500'],
  )
  assert.equal(happenings.after('run-3').length, 1_000)
  for (const id of ['run-1500', 'run-9999', 'other-1', '', 'nonsense']) assert.deepEqual(happenings.after(id), [], id)
})

function pushed(): Happening {
  return { type: 'pushed', refs: [] }
}
