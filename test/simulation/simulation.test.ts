import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { changed } from '../planted/plant.ts'
import { planted } from './planted.ts'
import { simulateMany } from './simulateMany.ts'

/** The same each time: what fails here is what was changed. `npm run simulate` begins elsewhere each time, and so does this with `COMMITBASE_SIMULATION_SEED`. */
const from = Number(process.env.COMMITBASE_SIMULATION_SEED ?? 200_001)

test(`ten thousand seeds of writers, inbox, lease and outbox show nothing lost and nothing doubled (from seed ${from} on)`, {
  timeout: 600_000,
}, async (t) => {
  const { seeds, tally, failed } = await simulateMany({ from, seeds: 10_000, workers: 2 })
  assert.deepEqual(
    failed.map(({ seed, findings }) => ({ seed, findings })),
    [],
    'npm run simulate -- --seed N --shrink shows what happened',
  )
  assert.equal(seeds, 10_000)
  for (const [what, count] of Object.entries(tally)) {
    assert.ok(count > 0, `no ${what}`)
    t.diagnostic(`${what}: ${count}`)
  }
})

test('the same seed gives the same run, step by step', async () => {
  for (const seed of [1, 2, 3]) {
    const [one = [], other] = await Promise.all([linesOf(seed), linesOf(seed)])
    assert.ok(one.length > 0)
    assert.deepEqual(one, other)
  }
})

for (const bug of planted)
  test(`it can be planted that ${bug.bug}`, async () => assert.ok((await changed(bug)).length > 0))

/** What a run tells. It has a thread of its own: who reads a record remembers it for the next run in the same one, and need not fetch it again. */
async function linesOf(seed: number): Promise<string[]> {
  const [lines] = await once(new Worker(new URL('./tellWorker.ts', import.meta.url), { workerData: seed }), 'message')
  return lines
}
