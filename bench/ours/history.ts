import { idOf, table } from '../records.ts'
import { openReader } from './openReader.ts'

export interface HistoryTask {
  readonly folder: string
  /** The records that are asked for, and how many versions each has. */
  readonly versions: ReadonlyMap<number, number>
}

/** Milliseconds that each HISTORY took. */
export interface HistoryTimes {
  /** After the folder was opened. */
  readonly first: number
  /** Once the index has read the log, which stays in the folder. */
  readonly others: readonly number[]
}

/** Commitbase's HISTORY of each of the records. */
export async function measure({ folder, versions }: HistoryTask): Promise<HistoryTimes> {
  const { run, settled, close } = await openReader(folder)
  const times: number[] = []
  for (const [place, count] of versions) {
    const start = performance.now()
    const found = (await run('HISTORY', { table, id: idOf(place) })) as { versions: readonly unknown[] }
    times.push(performance.now() - start)
    if (times.length === 1) await settled()
    if (found.versions.length !== count) {
      throw new Error(`HISTORY of ${idOf(place)} gave ${found.versions.length} versions, and there are ${count}`)
    }
  }
  await close()
  const [first, ...others] = times as [number, ...number[]]
  return { first, others }
}
