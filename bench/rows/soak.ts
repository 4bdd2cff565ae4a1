import { runApart } from '../apart.ts'
import { judge } from '../judge.ts'
import type { Minute, SoakTask } from '../ours/soak.ts'
import type { Line } from '../report/cell.ts'
import type { Row } from '../row.ts'
import { copyIndexed } from '../starting/starting.ts'

export const soak: Row = {
  name: 'soak',
  text: '500 writes a second for 30 minutes (only by --soak or --only soak)',
  byNameOnly: true,
  async measure({ minutes, quick }) {
    const folder = await copyIndexed(100_000, 'trie')
    const task: SoakTask = { folder, size: 100_000, rate: 500, minutes: quick ? 1 : Math.ceil(minutes) }
    const limit = (task.minutes + 10) * 60_000
    const measured = await runApart<Minute[]>(new URL('../ours/soak.ts', import.meta.url), task, { limit })
    await judge(folder)
    const goals = ['', '', '', 'flat', '< 50', '< 20 ms', ''].map((text) => ({ text }))
    return {
      title: `${task.minutes} minutes at 500 writes a second, 100k records`,
      text: 'Each line is one minute: the latency of its writes from when they were due, memory and packs at its end, and the slowest of the twelve `git log -1` that another process ran in it, and of as many `git version`, which look at no repository. The indexes are built and the records known before, and follow.',
      columns: ['p50', 'p99', 'longest', 'memory', 'packs', 'git log -1', 'git version'],
      lines: [...shown(measured).map(lineOf), { who: 'to reach', cells: goals }],
    }
  },
}

/** The first, each fifth and the last. */
function shown(measured: readonly Minute[]): Minute[] {
  return measured.filter(({ minute }) => minute === 1 || minute % 5 === 0 || minute === measured.length)
}

function lineOf({ minute, p50, p99, longest, memory, packs, log, version }: Minute): Line {
  const times = [p50, p99, longest].map((value) => ({ value, unit: 'ms' as const }))
  return {
    who: `minute ${minute}`,
    cells: [
      ...times,
      { value: memory / 2 ** 20, unit: 'MiB' },
      { value: packs, unit: 'packs' },
      { value: log, unit: 'ms' },
      { value: version, unit: 'ms' },
    ],
  }
}
