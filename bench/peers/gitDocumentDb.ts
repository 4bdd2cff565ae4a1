import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { recordOf, writeAt } from '../records.ts'
import { type CommitsTask, type Throughput, writeInTurn } from './throughput.ts'

/** What of git-documentdb is used here. */
export interface DocumentCollection {
  put(document: { _id: string }): Promise<unknown>
  get(id: string): Promise<unknown>
  find(): Promise<unknown[]>
  getHistory(id: string): Promise<unknown[]>
}

interface DocumentDatabase {
  open(): Promise<unknown>
  close(): Promise<unknown>
  collection(path: string): DocumentCollection
}

/** git-documentdb on a work tree that is there, and the collection whose files lie in that folder of it. */
export async function openCollection(module: string, folder: string, path: string) {
  const { GitDocumentDB } = await import(pathToFileURL(module).href)
  const options = { localDir: dirname(folder), dbName: basename(folder), logLevel: 'fatal' }
  const database: DocumentDatabase = new GitDocumentDB(options)
  await database.open()
  return { collection: database.collection(path), close: () => database.close() }
}

/** git-documentdb's `put`, one record a commit, in its own flat folder. It syncs nothing to the disk. */
export async function measure(task: CommitsTask & { readonly module: string }): Promise<Throughput> {
  const { collection, close } = await openCollection(task.module, task.folder, 'db/stock')
  const throughput = await writeInTurn(task, async (number) => {
    const { place, version } = writeAt(task.size, number)
    await collection.put(recordOf(place, version))
  })
  await close()
  return throughput
}
