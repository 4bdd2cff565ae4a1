import { join } from 'node:path'
import { keepUp } from '../../src/git/local/upkeep.ts'
import { runApart } from '../apart.ts'
import { runGit, settings } from '../git.ts'
import { judge } from '../judge.ts'
import type { CommitsTask, Throughput } from '../peers/throughput.ts'
import type { Cell, Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { folderSize } from '../starting/folderSize.ts'
import { copyIndexed, copyStarting } from '../starting/starting.ts'

export const disk: Row = {
  name: 'disk',
  text: 'bytes on disk a commit, before and after upkeep',
  isSlow: true,
  async measure(options) {
    const size = 100_000
    const lines: Line[] = []
    for (const way of ways) lines.push(...(await measureWay(way, size, options)))
    return {
      title: `Bytes on disk a commit, ${size.toLocaleString('en')} records`,
      text: "By how much git's objects grow, their indexes included; Commitbase's commits have a receipt each, fast-import's have none; the branch alone is what a clone of it has. Upkeep is `commitbase upkeep` for both: small packs merged, or with `--full` one pack with deltas looked for anew, and the commit-graph; what the table began with is left alone.",
      columns: ['as written', 'after upkeep', 'after full upkeep', 'commits'],
      lines: [...lines, { who: 'to reach', cells: ['', '', "less than fast-import's"].map((text) => ({ text })) }],
    }
  },
}

const ways = [
  { who: 'Commitbase', module: '../ours/commits.ts', layout: 'trie' },
  { who: 'git fast-import, 256 folders', module: '../peers/fastImport.ts', layout: 'folders' },
] as const

async function measureWay(
  { who, module, layout }: (typeof ways)[number],
  size: number,
  options: RowOptions,
): Promise<Line[]> {
  options.say(who)
  const folder = await (layout === 'trie' ? copyIndexed : copyStarting)(size, layout)
  const objects = join(folder, 'objects')
  const before = await folderSize(objects)
  const from = await countCommits(folder)
  const task: CommitsTask = { folder, size, time: options.quick ? 1_000 : 6_000, most: 20_000 }
  await runApart<Throughput>(new URL(module, import.meta.url), task, { limit: 120_000 })
  const commits = (await countCommits(folder)) - from
  const written = await folderSize(objects)
  const kept = await afterUpkeep(folder, false)
  const whole = await afterUpkeep(folder, true)
  await judge(folder)
  const share = (bytes: number): Cell => ({ value: (bytes - before) / commits, unit: 'bytes' })
  const cells: Cell[] = [...[written, kept, whole].map(share), { value: commits, unit: 'commits' }]
  if (layout !== 'trie') return [{ who, cells }]
  const alone = share(await withoutReceipts(folder))
  return [
    { who, cells },
    { who: 'Commitbase, the branch alone', cells: [{ text: '' }, { text: '' }, alone, { text: '' }] },
  ]
}

/** What full upkeep has left of the branch and what it leads to: the deltas are found already. */
async function withoutReceipts(folder: string): Promise<number> {
  await runGit(folder, ['update-ref', '-d', 'refs/commitbase/receipts'])
  await runGit(folder, ['repack', '-a', '-d', '-q'])
  await runGit(folder, ['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress', '--split=replace'])
  return await folderSize(join(folder, 'objects'))
}

/** The upkeep that `commitbase upkeep` does; gives the bytes that there are then. */
async function afterUpkeep(folder: string, full: boolean): Promise<number> {
  await keepUp(folder, { environment: process.env, config: settings }, { full })
  return await folderSize(join(folder, 'objects'))
}

/** Of the branch: receipts come beside. */
async function countCommits(folder: string): Promise<number> {
  return Number(await runGit(folder, ['rev-list', '--count', 'refs/heads/main']))
}
