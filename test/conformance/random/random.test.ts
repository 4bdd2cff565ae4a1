import assert from 'node:assert/strict'
import { test } from 'node:test'
import { walk } from './walk.ts'

/** More of them: `npm run conformance -- --random 1000`. */
const count = 50

test(`${count} random processes live as their blocks say`, async () => {
  for (let seed = 1; seed <= count; seed += 1) {
    const finding = await walk(seed)
    assert.equal(finding, undefined, `seed ${seed}: ${finding?.tree}\n${finding?.what.join('\n')}\n${finding?.model}`)
  }
})
