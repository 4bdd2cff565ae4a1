import { join } from 'node:path'
import { runApart } from '../apart.ts'
import { judgeAll } from '../judge.ts'
import { installGitDocumentDb } from '../peers/installGitDocumentDb.ts'
import type { CommitsTask, Throughput } from '../peers/throughput.ts'
import { checkOut } from '../peers/workTree.ts'
import { type Cell, cellOf, type Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { checkLayout } from '../starting/checkLayout.ts'
import { copyIndexed, copyStarting } from '../starting/starting.ts'

export const commits: Row = {
  name: 'commits',
  text: 'commits a second, one record each, in tables of 1k to 1M records',
  async measure(options) {
    const sizes = options.quick ? [1_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000]
    const lines: Line[] = []
    const written = new Set<string>()
    options.say('making what is written to')
    await makeGrounds(sizes, options)
    for (const way of ways) lines.push({ who: way.who, cells: await measureSizes(way, sizes, written, options) })
    options.say('git fsck --full --strict')
    await judgeAll(written)
    return {
      title: 'Commits a second, one record each',
      text: explanation,
      columns: sizes.map(sizeName),
      lines: [...lines, { who: 'to reach', cells: sizes.map((size) => ({ text: goals[size] ?? '' })) }],
    }
  },
}

const explanation =
  'Records of about 200 bytes; updates all over the table, each 50th write an insert. Commitbase: one event a commit with its receipt, 64 in flight, each answered when it is durable; its indexes were built and the records known before, as where they were written here, and follow; its first 2 s are not counted. git fast-import is durable at its end only; isomorphic-git and git-documentdb sync nothing. The slow ones run for some seconds, n commits.'

const goals: Readonly<Record<number, string>> = { 100000: '≥ 20,000/s', 1000000: '≥ 15,000/s' }

interface Way {
  readonly who: string
  readonly module: string
  /** What it writes to: a bare repository of its own, or a work tree that those of one layout share. */
  readonly ground: 'trie' | 'folders' | 'work-folders' | 'work-flat'
  /** Commits at most: what is fast makes no more work for the judge than it must. */
  readonly most: number
}

const ways: readonly Way[] = [
  { who: 'Commitbase', module: '../ours/commits.ts', ground: 'trie', most: 40_000 },
  { who: 'git fast-import, 256 folders', module: '../peers/fastImport.ts', ground: 'folders', most: 10_000 },
  { who: 'git plumbing, spawned', module: '../peers/plumbing.ts', ground: 'folders', most: 2_000 },
  { who: 'simple-git add, commit', module: '../peers/simpleGit.ts', ground: 'work-folders', most: 2_000 },
  { who: 'isomorphic-git add, commit', module: '../peers/isomorphicGit.ts', ground: 'work-folders', most: 2_000 },
  { who: 'git-documentdb put', module: '../peers/gitDocumentDb.ts', ground: 'work-flat', most: 2_000 },
  { who: 'git add . && git commit, flat', module: '../peers/predecessor.ts', ground: 'work-flat', most: 2_000 },
]

/** What takes long is made at once, while nothing is measured. What fails is told of where it is needed. */
async function makeGrounds(sizes: readonly number[], { quick }: RowOptions): Promise<void> {
  const works = ways.filter(({ ground }) => ground.startsWith('work'))
  const grounds = sizes.flatMap((size) => [
    copyIndexed(size, 'trie'),
    ...works.filter(() => !quick && size <= largestWork).map((way) => groundFor(way, size)),
  ])
  await Promise.allSettled(grounds)
}

async function measureSizes(
  way: Way,
  sizes: readonly number[],
  written: Set<string>,
  options: RowOptions,
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const size of sizes) {
    options.say(`${way.who}, ${sizeName(size)}`)
    cells.push(await cellOf(way.who === 'Commitbase', () => measureOne(way, size, written, options)))
  }
  return cells
}

async function measureOne(way: Way, size: number, written: Set<string>, { quick }: RowOptions): Promise<Cell> {
  const isWork = way.ground.startsWith('work')
  if (quick && size > 1_000 && isWork) return { reason: 'left out of a quick run' }
  if (size > largestWork && isWork) return { reason: 'a work tree of a million files takes minutes to check out' }
  const module = way.module.endsWith('gitDocumentDb.ts') ? await installGitDocumentDb(!quick) : undefined
  const folder = await groundFor(way, size)
  written.add(isWork ? join(folder, '.git') : folder)
  if (way.ground === 'trie') await checkLayout(folder, size, 200)
  const time = quick ? 1_000 : way.ground === 'trie' ? 5_000 : 2_000
  const task: CommitsTask & { module?: string } = { folder, size, time, most: quick ? way.most / 4 : way.most, module }
  const { commits, milliseconds } = await runApart<Throughput>(new URL(way.module, import.meta.url), task, {
    limit: 60_000,
  })
  return { value: commits / (milliseconds / 1000), unit: 'commits/s', count: commits }
}

async function groundFor({ ground }: Way, size: number): Promise<string> {
  if (ground === 'trie') return await copyIndexed(size, ground)
  if (ground === 'folders') return await copyStarting(size, ground)
  const layout = ground === 'work-flat' ? 'flat' : 'folders'
  const key = `${layout}-${size}`
  if (!workTrees.has(key)) workTrees.set(key, checkOut(size, layout))
  return await workTrees.get(key)!
}

/** Records of a work tree. */
const largestWork = 100_000

/** Checking out takes longer than the measuring; a few commits more do not change a table. */
const workTrees = new Map<string, Promise<string>>()

function sizeName(size: number): string {
  return size < 1_000_000 ? `${size / 1_000}k` : `${size / 1_000_000}M`
}
