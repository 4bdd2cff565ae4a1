import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { allSteps } from './steps.ts'

test('every step is named once in the code, and none that the harness does not know', async () => {
  const root = join(import.meta.dirname, '../..')
  const named: string[] = []
  for await (const file of glob(['src/**/*.ts', 'action/*.ts'], { cwd: root, exclude: ['**/*.test.ts'] })) {
    const text = await readFile(join(root, file), 'utf8')
    named.push(...[...text.matchAll(/\bstep\('([^']+)'\)/g)].map(([, name]) => name!))
  }
  assert.deepEqual(named.sort(), [...allSteps].sort())
})
