import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedBuffer } from './sharedBuffer.ts'

test('shared memory does not hasten the garbage collector', () => {
  const before = process.memoryUsage()
  const memory = sharedBuffer(32 << 20)
  const after = process.memoryUsage()
  assert.equal(memory.length, 32 << 20)
  assert.ok(after.external - before.external < 1 << 20, 'V8 counts it')
})

test('shared memory takes room in the machine as it is written to', () => {
  const before = process.memoryUsage.rss()
  const memory = sharedBuffer(256 << 20)
  memory[0] = 1
  assert.ok(process.memoryUsage.rss() - before < 64 << 20)
})
