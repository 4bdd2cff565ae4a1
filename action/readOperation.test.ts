import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOperation } from './readOperation.ts'

test('a number and a truth value are read as YAML writes them', () => {
  const given = { table: 'stock', limit: '10', skip: '0', blobs: 'True' }
  const { operation, fault } = readOperation('FINDMANY', given)
  assert.equal(fault, undefined)
  assert.deepEqual(operation?.parameters, { table: 'stock', limit: 10, skip: 0, blobs: true })
})

for (const { name, given, words } of [
  { name: 'FINDMANY', given: { limit: 'ten' }, words: "input 'limit' must be a whole number; got 'ten'" },
  { name: 'FINDMANY', given: { limit: '1.5' }, words: "input 'limit' must be a whole number; got '1.5'" },
  { name: 'UPSERT', given: { ifAbsent: 'yes' }, words: "input 'if_absent' must be true or false; got 'yes'" },
]) {
  test(`the error names the input as the workflow does, and what may stand there: ${words}`, () => {
    assert.equal(readOperation(name, { table: 'stock', ...given }).fault?.message, words)
  })
}
