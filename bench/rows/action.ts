import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runGit } from '../git.ts'
import { judge } from '../judge.ts'
import { runAction } from '../ours/runAction.ts'
import { checkOutAndPush } from '../peers/checkout.ts'
import { writeAt } from '../records.ts'
import type { Cell, Line } from '../report/cell.ts'
import { percentile } from '../report/percentile.ts'
import type { Row, RowOptions } from '../row.ts'
import { newPath } from '../scratch.ts'
import { serveGit } from '../serveGit.ts'
import type { Layout } from '../starting/layout.ts'
import { copyStarting } from '../starting/starting.ts'

export const action: Row = {
  name: 'action',
  text: 'the Action from start to pushed, 100k records in the remote',
  async measure(options) {
    const lines: Line[] = []
    const measured = options.quick ? ways.slice(0, 1) : ways
    for (const way of measured) lines.push({ who: way.who, cells: await measureWay(way, options) })
    return {
      title: 'The Action from start to pushed, 100k records in the remote',
      text: "One UPSERT a run: the Action's own bundle in a process as GitHub's runner starts it, against what actions/checkout and the predecessor do. The remote allows partial clones with the filters that GitHub takes. Medians.",
      columns: ['file://', 'http://127.0.0.1'],
      lines: [...lines, { who: 'to reach', cells: [{ text: '≤ 1 s' }, { text: '≤ 1 s' }] }],
    }
  },
}

interface Way {
  readonly who: string
  readonly layout: Layout
  readonly runs: number
  /** One run against `<server>/octo/shop.git`. */
  readonly run: (server: string, number: number) => Promise<void>
}

const size = 100_000

/** Partial clones, and no filter deeper than the first level or put together of several: GitHub refuses those. */
const likeGitHub = {
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowAnySHA1InWant': 'true',
  'uploadpackfilter.tree.maxDepth': '0',
  'uploadpackfilter.combine.allow': 'false',
}

const ways: readonly Way[] = [
  { who: 'Commitbase', layout: 'trie', runs: 5, run: (server, number) => runAction(server, writeAt(size, number)) },
  {
    who: "actions/checkout, then the predecessor's way",
    layout: 'flat',
    runs: 1,
    run: (server, number) => checkOutAndPush(`${server}/octo/shop.git`, size, number),
  },
]

async function measureWay(way: Way, { quick, say }: RowOptions): Promise<Cell[]> {
  say(way.who)
  const root = await newPath('server')
  const repository = join(root, 'octo', 'shop.git')
  await mkdir(dirname(repository), { recursive: true })
  await rename(await copyStarting(size, way.layout), repository)
  for (const [key, value] of Object.entries(likeGitHub)) await runGit(repository, ['config', key, value])
  const server = await serveGit(repository)
  try {
    const runs = quick ? 1 : way.runs
    const cells = [await timeRuns(way, `file://${root}`, runs, 0), await timeRuns(way, server.address, runs, runs)]
    await judge(repository)
    return cells
  } finally {
    server.stop()
  }
}

async function timeRuns({ run }: Way, server: string, runs: number, first: number): Promise<Cell> {
  const times: number[] = []
  for (let number = first; number < first + runs; number++) {
    const start = performance.now()
    await run(server, number)
    times.push(performance.now() - start)
  }
  return { value: percentile(times, 0.5) / 1000, unit: 's', count: runs }
}
