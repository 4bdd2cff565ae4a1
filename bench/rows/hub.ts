import { runApart } from '../apart.ts'
import { judgeAll } from '../judge.ts'
import type { HubResult, HubTask } from '../ours/hub.ts'
import { type Cell, type Line, lineOrOverload } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { copyIndexed } from '../starting/starting.ts'

export const hub: Row = {
  name: 'hub',
  text: 'dispatch sent, commit durable, message taken by the embedded engine, at 500/s and 2,000/s',
  async measure(options) {
    const lines: Line[] = []
    const written: string[] = []
    for (const rate of [500, 2_000]) lines.push(await measureRate(rate, written, options))
    options.say('git fsck --full --strict')
    await judgeAll(written)
    return {
      title: 'The hub: dispatch sent → commit durable → message taken, 100k records',
      text: 'The hub with its embedded engine in one process, started with the flags of npm start; dispatches over HTTP from another, at a fixed rate, each counted from when it was due, after 6 s at 500/s and 8 s at that rate. The indexes are built and the records known before. A handler puts the record and publishes a message; the times of commit and message are from the stream of what happens in the hub.',
      columns: ['messages taken', 'commit p50', 'commit p99', 'message p50', 'message p99'],
      lines: [...lines, { who: 'to reach', cells: ['', '', '', '≤ 10 ms', '≤ 50 ms'].map((text) => ({ text })) }],
    }
  },
}

function measureRate(rate: number, written: string[], options: RowOptions): Promise<Line> {
  const who = `Commitbase, ${rate.toLocaleString('en')}/s`
  return lineOrOverload(who, 5, async () => ({ who, cells: await measureCells(rate, written, options) }))
}

async function measureCells(rate: number, written: string[], { quick, say }: RowOptions): Promise<Cell[]> {
  say(`${rate}/s`)
  const folder = await copyIndexed(100_000, 'trie')
  written.push(folder)
  const task: HubTask = { folder, size: 100_000, rate, seconds: quick ? 2 : 10 }
  const module = new URL('../ours/hub.ts', import.meta.url)
  const { committed, taken, rate: achieved } = await runApart<HubResult>(module, task, { limit: 180_000 })
  const times = [committed.p50, committed.p99, taken.p50, taken.p99]
  return [
    { value: achieved, unit: 'events/s', count: taken.count },
    ...times.map((value) => ({ value, unit: 'ms' as const, count: taken.count })),
  ]
}
