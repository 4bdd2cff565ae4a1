import { measureReads, type ReadTask } from '../peers/readings.ts'
import { idOf, skuOf, table } from '../records.ts'
import { openReader } from './openReader.ts'

interface Found {
  readonly records: readonly unknown[]
}

/** Commitbase's operations in a transaction at the head. */
export async function measure(task: ReadTask) {
  const { run, settled, close } = await openReader(task.folder)
  const findMany = async (query: object) => ((await run('FINDMANY', { table, query })) as Found).records
  const reads = {
    get: (place: number) => run('GET', { table, id: idOf(place) }),
    findIndexed: (place: number) => findMany({ sku: skuOf(place) }),
    find: (row: string) => findMany({ row }),
    count: async () => ((await run('COUNT', { table })) as { count: number }).count,
  }
  try {
    await settled()
    // The first one reads and parses all: on a busy machine it took all of the time, and was the only one.
    await reads.find('R0')
    return await measureReads(task, reads, true)
  } finally {
    await close()
  }
}
