import { idOf, table } from '../records.ts'
import type { Cell } from '../report/cell.ts'
import { percentile } from '../report/percentile.ts'
import { openReader } from './openReader.ts'

export interface HistoryTask {
  readonly folder: string
  /** The records that are asked for, and how many versions each has. */
  readonly versions: ReadonlyMap<number, number>
}

/** Commitbase's HISTORY: the first time after the folder was opened, and the median of the others, once the index has read the log, which stays in the folder. */
export async function measure({ folder, versions }: HistoryTask): Promise<Cell[]> {
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
  const [first, ...rest] = times as [number, ...number[]]
  return [
    { value: first, unit: 'ms', count: 1 },
    { value: percentile(rest, 0.5), unit: 'ms', count: rest.length },
  ]
}
