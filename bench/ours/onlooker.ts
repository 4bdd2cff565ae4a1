import { setTimeout as delay } from 'node:timers/promises'
import { runGit } from '../git.ts'

export interface LookTask {
  readonly folder: string
  readonly seconds: number
  /** Seconds from one look to the next. */
  readonly interval: number
}

/** How long each `git log -1` takes, from its being started to its end, in milliseconds. */
export async function measure({ folder, seconds, interval }: LookTask): Promise<number[]> {
  const times: number[] = []
  for (let look = 0; look < Math.floor(seconds / interval); look++) {
    times.push(await timeLog(folder))
    await delay(interval * 1_000 - times.at(-1)!)
  }
  return times
}

async function timeLog(folder: string): Promise<number> {
  const start = performance.now()
  await runGit(folder, ['log', '-1', '--format=%H', 'refs/heads/main'])
  return performance.now() - start
}
