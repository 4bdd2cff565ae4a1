import { runApart } from '../apart.ts'
import { installGitDocumentDb } from '../peers/installGitDocumentDb.ts'
import type { ReadTask } from '../peers/readings.ts'
import { checkOut } from '../peers/workTree.ts'
import type { Cell, Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { copyStarting } from '../starting/starting.ts'

export const reads: Row = {
  name: 'reads',
  text: 'get by id, indexed find, unindexed find, count, in 100k records',
  async measure(options) {
    const size = options.quick ? 10_000 : 100_000
    options.say('making what is read')
    const grounds = await Promise.all(ways.map(({ ground }) => ground(size)))
    const lines: Line[] = []
    for (const [place, way] of ways.entries())
      lines.push({ who: way.who, cells: await measureWay(way, { folder: grounds[place]!, size }, options) })
    const goals = ['≤ 0.05 ms', '≤ 1 ms', '≤ 300 ms', ''].map((text) => ({ text }))
    return {
      title: `Reading ${size / 1_000}k records`,
      text: 'Medians, warm. The indexed find asks for one record by a field with an index, the unindexed one for each fortieth record, by a value in another field.',
      columns: ['get by id', 'indexed find', 'unindexed find', 'count'],
      lines: [...lines, { who: 'to reach', cells: goals }],
    }
  },
}

interface Way {
  readonly who: string
  readonly module: string
  /** What it reads. */
  readonly ground: (size: number) => Promise<string>
}

const ways: readonly Way[] = [
  { who: 'Commitbase', module: '../ours/reads.ts', ground: (size) => copyStarting(size, 'indexed') },
  { who: 'files of a work tree', module: '../peers/folderScan.ts', ground: (size) => checkOut(size, 'folders') },
  { who: 'isomorphic-git', module: '../peers/isomorphicReads.ts', ground: (size) => copyStarting(size, 'folders') },
  { who: 'git-documentdb', module: '../peers/gitDocumentDbReads.ts', ground: (size) => checkOut(size, 'flat') },
]

type Ground = Pick<ReadTask, 'folder' | 'size'>

async function measureWay({ who, module }: Way, ground: Ground, { quick, say }: RowOptions): Promise<Cell[]> {
  say(`${who}, ${ground.size} records`)
  try {
    const installed = who === 'git-documentdb' ? await installGitDocumentDb(!quick) : undefined
    const task: ReadTask & { module?: string } = {
      ...ground,
      time: quick ? 500 : 2_000,
      module: installed,
    }
    return await runApart<Cell[]>(new URL(module, import.meta.url), task, { limit: quick ? 15_000 : 60_000 })
  } catch (error) {
    if (who === 'Commitbase') throw error
    return Array.from({ length: 4 }, () => ({ reason: (error as Error).message }))
  }
}
