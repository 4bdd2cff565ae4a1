import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../git.ts'
import { writeAt } from '../records.ts'
import { percentile } from '../report/percentile.ts'
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
  /** Milliseconds of the slowest `git log -1`, a process each, asked every five seconds. */
  readonly log: number
}

/** Writes at a fixed rate for minutes, and looks at the repository as somebody else would. */
export async function measure({ folder, size, rate, minutes }: SoakTask): Promise<Minute[]> {
  const database = await openDatabase(folder)
  const measured: Minute[] = []
  let written = 0
  try {
    while (measured.length < minutes) {
      const first = written
      const looking = lookEvery(5_000, folder)
      const times = await openLoop(rate, 60, (number) => database.write(writeAt(size, first + number)))
      written += times.length
      const log = await looking.stop()
      const packs = await countPacks(folder)
      const figures = { p50: percentile(times, 0.5), p99: percentile(times, 0.99), longest: percentile(times, 1) }
      measured.push({ minute: measured.length + 1, ...figures, memory: process.memoryUsage.rss(), packs, log })
      process.stderr.write(`soak: ${JSON.stringify(measured.at(-1))}\n`)
    }
    return measured
  } finally {
    await database.close()
  }
}

/** Asks `git log -1` again and again; stopping gives the longest that it took. */
function lookEvery(interval: number, folder: string): { stop(): Promise<number> } {
  const times: Promise<number>[] = [timeLog(folder)]
  const timer = setInterval(() => times.push(timeLog(folder)), interval)
  const stop = async () => {
    clearInterval(timer)
    return Math.max(...(await Promise.all(times)))
  }
  return { stop }
}

async function timeLog(folder: string): Promise<number> {
  const start = performance.now()
  await runGit(folder, ['log', '-1', '--format=%H', 'refs/heads/main'])
  return performance.now() - start
}

async function countPacks(folder: string): Promise<number> {
  return (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length
}
