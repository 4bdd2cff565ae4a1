import type { Cell } from '../report/cell.ts'
import { openCollection } from './gitDocumentDb.ts'

export interface DocumentHistoryTask {
  readonly module: string
  readonly folder: string
  /** The folder of the record's file, from the work tree. */
  readonly path: string
  readonly id: string
  readonly count: number
}

/** git-documentdb's history of one record, whose folder is a collection to it. */
export async function measure({ module, folder, path, id, count }: DocumentHistoryTask): Promise<Cell> {
  const { collection, close } = await openCollection(module, folder, path)
  const start = performance.now()
  const history = await collection.getHistory(id)
  const value = performance.now() - start
  await close()
  if (history.length !== count) throw new Error(`its history has ${history.length} versions, and there are ${count}`)
  return { value, unit: 'ms', count: 1 }
}
