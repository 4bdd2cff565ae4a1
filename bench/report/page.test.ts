import assert from 'node:assert/strict'
import { access, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Result } from './cell.ts'
import { formatPart, type Part, shownRun, withRun } from './page.ts'
import { plot } from './plot.ts'
import type { Run } from './run.ts'

const docs = new URL('../../docs/', import.meta.url)
const page = await readFile(new URL('PERFORMANCE.md', docs), 'utf8')
const files = { bench: 'latest.json', soak: 'soak.json', engine: 'engine.json' } as const
const parts = Object.keys(files) as Part[]

for (const part of parts) {
  test(`docs/PERFORMANCE.md shows what bench/results/${files[part]} holds, or says that there is none`, async () => {
    const text = await readIfThere(new URL(`../results/${files[part]}`, import.meta.url))
    assert.equal(shownRun(page, part), formatPart(part, text === undefined ? undefined : JSON.parse(text)))
  })
}

test('docs/performance.svg is the plot of bench/results/latest.json', async () => {
  const text = await readIfThere(new URL('../results/latest.json', import.meta.url))
  const svg = await readIfThere(new URL('performance.svg', docs))
  assert.equal(svg, text === undefined ? undefined : plot(JSON.parse(text)))
})

test('what the page links to is there', async () => {
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!)
  assert.ok(links.length > 0)
  for (const link of links) await access(new URL(link, docs))
})

test('a run takes the place of the one before, and all around it stays', () => {
  const other = withRun(withRun(page, 'bench', runOf('f')), 'soak', runOf('e'))
  assert.match(shownRun(other, 'bench'), /commit f{12}\n[\s\S]*\| ours \| 5\/s \(n=9\) \|/)
  assert.match(shownRun(other, 'soak'), /commit e{12}\n/)
  const outside = (text: string) => parts.reduce((rest, part) => rest.replace(shownRun(text, part), ''), text)
  assert.equal(outside(other), outside(page))
  assert.equal(withRun(withRun(other, 'bench', runOf('a')), 'bench', runOf('f')), other)
})

test('a page without the markers is refused', () => {
  for (const part of parts) {
    assert.throws(() => shownRun('# Performance', part), /needs the lines/)
  }
})

async function readIfThere(file: URL): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

function runOf(digit: string): Run {
  const machine = { cpu: 'c', cores: 2, memory: 'm', disk: 'd', system: 's', node: 'v24', git: 'git' }
  const lines = [{ who: 'ours', cells: [{ value: 5, unit: 'commits/s' as const, count: 9 }] }]
  const result: Result = { name: 'commits', title: 'Commits', text: '', columns: ['1k'], lines, seconds: 1 }
  return { time: '2026-01-01T00:00:00.000Z', flags: [], commit: digit.repeat(40), machine, results: [result] }
}
