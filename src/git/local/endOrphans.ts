import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { identityOf } from './processIdentity.ts'

/** In the environment of upkeep's processes: the folder that they work on. */
export const upkeepMark = 'COMMITBASE_UPKEEP'

/**
 * Ends what a process that was killed had begun of upkeep in this folder; git goes on with it by itself. Of two that merge packs
 * at once, each leaves out what it sees in a pack that the other takes away. Only on a system with `/proc` can they be found.
 */
export async function endOrphans(folder: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number)
  await Promise.all(pids.map((pid) => endWhereMarked(pid, `${upkeepMark}=${folder}`)))
}

async function endWhereMarked(pid: number, mark: string): Promise<void> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  if (!environment.split('\0').includes(mark)) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
  while ((await identityOf(pid)) !== undefined) await delay(5)
}
