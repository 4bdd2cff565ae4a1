import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

const docs = join(import.meta.dirname, '../../docs')
const page = await readFile(join(docs, 'SECURITY.md'), 'utf8')

interface Line {
  readonly attack: string
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

/** The lines of the tables whose last column is headed "test". */
const lines = page
  .split(/\n{2,}/)
  .filter((block) => /^\|.*\| *test *\|$/m.test(block))
  .flatMap((block) => block.trim().split('\n').slice(2).map(lineOf))

test('every line of the threat model names a test that there is', async () => {
  assert.ok(lines.length > 50)
  for (const { attack, tests } of lines) {
    assert.ok(tests.length > 0, `no test is named for: ${attack}`)
    for (const { file, title } of tests) {
      const titles = titlesIn(await readFile(join(docs, file), 'utf8'))
      assert.ok(titles.includes(title), `${file} has no test '${title}'`)
    }
  }
})

test('every test of an attack stands in the threat model', async () => {
  const named = new Set(lines.flatMap(({ tests }) => tests.map(({ title }) => title)))
  for (const file of await readdir(import.meta.dirname)) {
    if (!file.endsWith('.test.ts') || file.startsWith('threatModel')) continue
    for (const title of titlesIn(await readFile(join(import.meta.dirname, file), 'utf8')))
      assert.ok(named.has(title), `${file}: ${title}`)
  }
})

function lineOf(row: string): Line {
  const cells = row.split('|').slice(1, -1)
  const named = cells.at(-1)!.matchAll(/\[[^\]]+\]\(([^)]+)\): ([^<]+)/g)
  const tests = Array.from(named, ([, file, title]) => ({ file: file!, title: title!.trim() }))
  return { attack: cells[0]!.trim(), tests }
}

/** What stands between `test(` and the end of its first text. */
function titlesIn(source: string): string[] {
  return Array.from(source.matchAll(/^\s*test\(\s*(['"`])((?:(?!\1).)*)\1/gm), ([, , title]) => title!)
}
