import { runApart } from '../apart.ts'
import { judgeAll } from '../judge.ts'
import type { Latency, LatencyTask } from '../ours/latency.ts'
import { type Cell, type Line, lineOrOverload } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { copyIndexed } from '../starting/starting.ts'

export const latency: Row = {
  name: 'latency',
  text: 'how long one durable write takes, alone, at 500/s and at 5,000/s',
  async measure(options) {
    const lines: Line[] = []
    const written: string[] = []
    for (const load of loads) lines.push(await measureLoad(load, written, options))
    options.say('git fsck --full --strict')
    await judgeAll(written)
    return {
      title: 'Latency of one durable write, 100k records',
      text: 'In one process, its indexes built and the records known before, from the moment that a write is due at a fixed rate, answered or not the ones before it, to its being durable: branch, receipt and all; after 4 s at 4,000/s. Nobody beside us: what the others take for one write is in the first table.',
      columns: ['p50', 'p99'],
      lines: [...lines, { who: 'to reach', cells: [{ text: '≤ 3 ms' }, { text: '≤ 20 ms' }] }],
    }
  },
}

interface Load {
  readonly who: string
  /** Writes a second; nothing: one after the other. */
  readonly rate: number | undefined
}

const loads: readonly Load[] = [
  { who: 'Commitbase, alone', rate: undefined },
  { who: 'Commitbase, 500/s', rate: 500 },
  { who: 'Commitbase, 5,000/s', rate: 5_000 },
]

function measureLoad(load: Load, written: string[], options: RowOptions): Promise<Line> {
  return lineOrOverload(load.who, 2, async () => ({ who: load.who, cells: await measureCells(load, written, options) }))
}

async function measureCells({ who, rate }: Load, written: string[], { quick, say }: RowOptions): Promise<Cell[]> {
  say(who)
  const folder = await copyIndexed(100_000, 'trie')
  written.push(folder)
  const task: LatencyTask = { folder, size: 100_000, seconds: quick ? 1 : 5, rate }
  const { p50, p99, count } = await runApart<Latency>(new URL('../ours/latency.ts', import.meta.url), task, {
    limit: 120_000,
  })
  return [
    { value: p50, unit: 'ms', count },
    { value: p99, unit: 'ms', count },
  ]
}
