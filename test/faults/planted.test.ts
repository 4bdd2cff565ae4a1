import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changed } from '../planted/plant.ts'
import { planted } from './planted.ts'
import { allSteps } from './steps.ts'

for (const bug of planted) {
  test(`it can be planted that ${bug.bug}`, async () => {
    assert.ok((await changed(bug)).length > 0)
    if (bug.by !== 'power cut') for (const step of bug.by) assert.ok(allSteps.includes(step))
  })
}

test('each part of the steps has a bug that shows there', () => {
  const parts = (steps: readonly string[]) => [...new Set(steps.map((step) => step.split('.')[0]))].sort()
  const shown = planted.flatMap(({ by }) => (by === 'power cut' ? [] : by))
  const missing = parts(allSteps).filter((part) => !parts(shown).includes(part))
  assert.deepEqual(missing, [], 'without a planted bug')
})
