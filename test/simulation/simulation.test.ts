import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changed } from '../planted/plant.ts'
import { planted } from './planted.ts'
import { simulate } from './simulate.ts'
import { simulateMany } from './simulateMany.ts'

/** The same each time: what fails here is what was changed. `npm run simulate` begins elsewhere each time, and so does this with `COMMITBASE_SIMULATION_SEED`. */
const from = Number(process.env.COMMITBASE_SIMULATION_SEED ?? 200_001)

test(`ten thousand seeds of writers, inbox, lease and outbox show nothing lost and nothing doubled (from seed ${from} on)`, {
  timeout: 600_000,
}, async (t) => {
  const { seeds, tally, failed } = await simulateMany({ from, seeds: 10_000, workers: 2 })
  assert.deepEqual(
    failed.slice(0, 5).map(({ seed, findings }) => ({ seed, findings })),
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
  const linesOf = async (seed: number) => {
    const lines: string[] = []
    await simulate(seed, (line) => lines.push(line))
    return lines
  }
  for (const seed of [1, 2, 3]) assert.deepEqual(await linesOf(seed), await linesOf(seed))
})

for (const bug of planted)
  test(`it can be planted that ${bug.bug}`, async () => assert.ok((await changed(bug)).length > 0))
