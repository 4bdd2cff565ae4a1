import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { changed } from '../planted/plant.ts'
import { plantedDecisions } from './dmn/planted.ts'
import { planted } from './planted.ts'
import { scenarios } from './scenarios/table.ts'

/** That they are found: `npm run conformance -- --planted`. */
test('every planted rule is still in the sources, and has scenarios that may show it', async () => {
  for (const plant of [...planted, ...plantedDecisions]) {
    await changed(plant)
    assert.ok(
      existsSync(plant.shownBy) || Object.keys(scenarios).some((element) => element.includes(plant.shownBy)),
      `no scenarios of '${plant.shownBy}'`,
    )
  }
})
