import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openHandlers } from './openHandlers.ts'

const project = join(import.meta.dirname, '..')
const shop = 'examples/shop/handlers'

test('a path is kept as a workflow names it, but one from the root as it was given', async () => {
  const cases: [given: string | undefined, folder: string, kept: string][] = [
    [undefined, '/', shop],
    [`./${shop}/`, project, shop],
    ['handlers', join(project, 'examples/shop'), 'handlers'],
    ['../examples/shop/handlers', join(project, 'src'), `../${shop}`],
    [join(project, shop), join(project, 'src'), join(project, shop)],
  ]
  for (const [given, folder, kept] of cases) assert.equal((await openHandlers(given, folder)).path, kept)
})
