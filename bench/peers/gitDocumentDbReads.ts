import { idOf } from '../records.ts'
import { openCollection } from './gitDocumentDb.ts'
import { measureReads, type ReadTask } from './readings.ts'

/** git-documentdb's collection in its flat folder; it has no queries, so a find is all records and a filter. */
export async function measure(task: ReadTask & { readonly module: string }) {
  const { collection, close } = await openCollection(task.module, task.folder, 'db/stock')
  const reads = {
    get: (place: number) => collection.get(idOf(place)),
    find: async (row: string) => (await collection.find()).filter((record) => (record as { row: string }).row === row),
    count: async () => (await collection.find()).length,
  }
  const cells = await measureReads(task, reads, false)
  await close()
  return cells
}
