import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from './check.ts'
import { openOurs } from './ours.ts'
import { play } from './play.ts'
import { scenarios } from './scenarios/table.ts'

for (const [element, group] of Object.entries(scenarios)) {
  for (const [name, scenario] of Object.entries(group)) {
    test(`${element}: ${name}`, async () => {
      const target = await openOurs()
      try {
        const failures = check(scenario, await play(target, scenario))
        assert.ok(failures.length === 0, failures.join('\n'))
      } finally {
        await target.close()
      }
    })
  }
}
