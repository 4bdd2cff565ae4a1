import { setTimeout as delay } from 'node:timers/promises'
import { runGit } from '../git.ts'

export interface LookTask {
  readonly folder: string
  readonly seconds: number
  /** Seconds from one look to the next. */
  readonly interval: number
}

/** In milliseconds, from its being started to its end. */
export interface Look {
  /** `git log -1` in the folder. */
  readonly log: number
  /** `git version`, which looks at no repository: what it takes on that machine at that moment to start git. */
  readonly version: number
}

export async function measure({ folder, seconds, interval }: LookTask): Promise<Look[]> {
  const looks: Look[] = []
  for (let next = performance.now() + interval * 1_000; looks.length < Math.floor(seconds / interval); ) {
    const log = await time(folder, ['log', '-1', '--format=%H', 'refs/heads/main'])
    looks.push({ log, version: await time(folder, ['version']) })
    await delay(next - performance.now())
    next += interval * 1_000
  }
  return looks
}

async function time(folder: string, args: readonly string[]): Promise<number> {
  const start = performance.now()
  await runGit(folder, args)
  return performance.now() - start
}
