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
