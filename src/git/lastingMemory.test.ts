import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastingMemory } from './lastingMemory.ts'

test('lasting memory does not hasten the garbage collector', () => {
  const before = process.memoryUsage()
  const memory = lastingMemory(32 << 20)
  const after = process.memoryUsage()
  assert.equal(memory.length, 32 << 20)
  assert.ok(after.external - before.external < 1 << 20, 'V8 counts it')
})

test('lasting memory takes room in the machine as it is written to', () => {
  const before = process.memoryUsage.rss()
  const memory = lastingMemory(256 << 20)
  memory[0] = 1
  assert.ok(process.memoryUsage.rss() - before < 64 << 20)
})
