import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, type PatchStep } from './patch.ts'

test('a patch says the same after it was applied, whatever its later operations do to what its earlier ones put', () => {
  const patch: PatchStep[] = [
    { op: 'add', path: '/list', value: [] },
    { op: 'add', path: '/list/-', value: 1 },
    { op: 'replace', path: '/place', value: { row: 1 } },
    { op: 'remove', path: '/place/row' },
  ]
  const given = structuredClone(patch)
  assert.deepEqual(applyPatch({ _id: 'cup', place: {} }, patch), { _id: 'cup', list: [1], place: {} })
  assert.deepEqual(patch, given)
})

test('what is moved goes to its place in what is left without it, as a remove and an add would put it', () => {
  const moved = (list: unknown[], from: string, path: string) =>
    applyPatch({ _id: 'cup', list }, [{ op: 'move', from, path }]).list
  assert.deepEqual(moved(['a', 'b', ['c']], '/list/0', '/list/1/0'), ['b', ['a', 'c']])
  assert.deepEqual(moved(['a', 'b'], '/list/0', '/list/1'), ['b', 'a'])
  assert.deepEqual(moved(['a', 'b'], '/list/1', '/list/1'), ['a', 'b'])
  assert.deepEqual(moved(['a', 'b'], '/list/0', '/list/-'), ['b', 'a'])
  const past = { code: 'invalid', message: /\/0 cannot be done: the list has 1 items; got/ }
  assert.throws(() => moved(['a', 'b'], '/list/0', '/list/2'), past)
  const nowhere = { code: 'invalid', message: /\/0 cannot be done: there is nothing at '\/list\/1'; got/ }
  assert.throws(() => moved(['a', ['b']], '/list/0', '/list/1/0'), nowhere)
})
