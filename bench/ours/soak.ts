import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runApart } from '../apart.ts'
import { writeAt } from '../records.ts'
import { percentile } from '../report/percentile.ts'
import type { Look, LookTask } from './onlooker.ts'
import { openDatabase } from './openDatabase.ts'
import { openLoop } from './openLoop.ts'

export interface SoakTask {
  readonly folder: string
  readonly size: number
  readonly rate: number
  readonly minutes: number
}

/** One minute of it. */
export interface Minute {
  readonly minute: number
  /** Milliseconds of a write. */
  readonly p50: number
  readonly p99: number
  readonly longest: number
  /** Bytes of memory at its end. */
  readonly memory: number
  readonly packs: number
  /** Milliseconds of the slowest `git log -1` that somebody else ran, one every five seconds. */
  readonly log: number
  /** Milliseconds of the slowest `git version` that followed one. */
  readonly version: number
}

/** Writes at a fixed rate for minutes, and looks at the repository as somebody else would. */
export async function measure({ folder, size, rate, minutes }: SoakTask): Promise<Minute[]> {
  const database = await openDatabase(folder)
  const measured: Minute[] = []
  let written = 0
  try {
    while (measured.length < minutes) {
      const first = written
      const looking = look({ folder, seconds: 60, interval: 5 })
      const times = await openLoop(rate, 60, (number) => database.write(writeAt(size, first + number)))
      written += times.length
      const looks = await looking
      const [log, version] = [
        Math.max(...looks.map(({ log }) => log)),
        Math.max(...looks.map(({ version }) => version)),
      ]
      const packs = await countPacks(folder)
      const figures = { p50: percentile(times, 0.5), p99: percentile(times, 0.99), longest: percentile(times, 1) }
      measured.push({ minute: measured.length + 1, ...figures, memory: process.memoryUsage.rss(), packs, log, version })
      process.stderr.write(`soak: ${JSON.stringify(measured.at(-1))}\n`)
    }
    return measured
  } finally {
    await database.close()
  }
}

/** What somebody sees who looks at the repository meanwhile, from a process of their own. */
function look(task: LookTask): Promise<Look[]> {
  return runApart<Look[]>(new URL('./onlooker.ts', import.meta.url), task, { limit: 2 * task.seconds * 1_000 })
}

async function countPacks(folder: string): Promise<number> {
  return (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length
}
