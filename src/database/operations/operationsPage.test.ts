import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { openTestDatabase } from '../testing/testDatabase.ts'
import { operations } from './operations.ts'

const page = await readFile(new URL('../../../docs/guides/operations.md', import.meta.url), 'utf8')
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0]!, section]),
)

test('the page tells of every operation, and of no other', () => {
  assert.deepEqual(
    [...sections.keys()],
    operations.map(({ name }) => name),
  )
})

for (const { name, text, parameters, required, errors } of operations)
  test(`the page tells what ${name} does, and each of its parameters and errors`, () => {
    const section = sections.get(name)!
    const rows = [...section.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, key, rest]) => [key, rest])
    const told = Object.entries(parameters).map(([key, { description }]) => [
      key,
      `${required.includes(key) ? 'yes' : ''} | ${description}`,
    ])
    assert.ok(section.includes(text))
    assert.deepEqual(rows, [...told, ...Object.entries(errors)])
  })

test('the examples of the page are operations: none has a parameter that is not there', async () => {
  const { run } = await openTestDatabase()
  for (const [name, section] of sections) {
    const { operation, ...parameters } = JSON.parse(/```json\n(.*)\n```/.exec(section)![1]!)
    assert.equal(operation, name)
    await run(operation, parameters).catch((error) =>
      assert.doesNotMatch(error.message, /needs|has no parameter|must/, name),
    )
  }
})
