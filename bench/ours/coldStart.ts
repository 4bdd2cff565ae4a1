import { writeAt } from '../records.ts'
import { openDatabase } from './openDatabase.ts'

export interface ColdStartTask {
  readonly folder: string
  readonly size: number
  /** Further writes, to see what they cost. */
  readonly writes: number
}

export interface ColdStart {
  /** Milliseconds from the call that opens the folder. */
  readonly opened: number
  /** To the first write's being durable. */
  readonly written: number
  /** Bytes of memory, after the first write and after the others. */
  readonly memory: number
  readonly memoryAfter: number
}

/** Opens the folder in a process that has just started, and writes. */
export async function measure({ folder, size, writes }: ColdStartTask): Promise<ColdStart> {
  const start = performance.now()
  const database = await openDatabase(folder)
  const opened = performance.now() - start
  await database.write(writeAt(size, 0))
  const written = performance.now() - start
  const memory = process.memoryUsage.rss()
  for (let number = 1; number <= writes; number += 64) {
    const batch = Array.from({ length: Math.min(64, writes - number + 1) }, (_, index) => writeAt(size, number + index))
    await Promise.all(batch.map((write) => database.write(write)))
  }
  const memoryAfter = process.memoryUsage.rss()
  await database.close()
  return { opened, written, memory, memoryAfter }
}
