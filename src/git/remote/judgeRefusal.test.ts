import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movedOf } from './judgeRefusal.ts'

const [old, next, other] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string]
const updates = [
  { ref: 'refs/commitbase/inbox/a', from: null, to: next },
  { ref: 'refs/commitbase/lease', from: old, to: next },
]

test('what the server reports as moved was moved, though somebody has moved it on since', () => {
  const report = `To file:///r.git\n*\t${next}:refs/commitbase/inbox/a\t[new reference]\n!\t${next}:refs/commitbase/lease\t[rejected] (stale info)\nDone\n`
  assert.deepEqual(
    [...movedOf(report, updates, new Map([['refs/commitbase/lease', other]]))],
    ['refs/commitbase/inbox/a'],
  )
})

test('a deleted ref is reported without what it pointed to', () => {
  const report = `-\t:refs/commitbase/lease\t[deleted]\n`
  const deletion = [{ ref: 'refs/commitbase/lease', from: old, to: null }]
  assert.deepEqual(
    [...movedOf(report, deletion, new Map([['refs/commitbase/lease', other]]))],
    ['refs/commitbase/lease'],
  )
})

test('where the report was lost on the way, a ref at its new place was moved', () => {
  const refs = new Map([
    ['refs/commitbase/inbox/a', next],
    ['refs/commitbase/lease', other],
  ])
  assert.deepEqual([...movedOf('', updates, refs)], ['refs/commitbase/inbox/a'])
})
