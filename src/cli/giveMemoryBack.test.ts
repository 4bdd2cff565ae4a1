import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const give = new URL('./giveMemoryBack.ts', import.meta.url).href

/** Makes garbage, is idle then, and ends once V8 has begun to collect it, else after so many milliseconds. */
const program = `import { PerformanceObserver } from 'node:perf_hooks'
  import { giveMemoryBack } from '${give}'
  giveMemoryBack()
  let kept = []
  for (let round = 0; round < 200; round += 1) {
    kept.push(Array.from({ length: 20_000 }, (_, index) => ({ index })))
    if (kept.length > 40) kept = []
  }
  setTimeout(() => process.exit(1), 30_000)
  new PerformanceObserver(() => process.exit(0)).observe({ entryTypes: ['gc'] })`

test('an idle process collects its garbage', () => {
  const flags = ['--gc-memory-reducer-start-delay-ms=200', '--input-type=module', '--eval', program]
  assert.equal(spawnSync(process.execPath, flags).status, 0)
})
