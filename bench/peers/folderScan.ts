import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathOf } from '../starting/layout.ts'
import { measureReads, type ReadTask } from './readings.ts'

/** Files in 256 folders of a work tree, read with node:fs: what a program without a database does. */
export async function measure(task: ReadTask) {
  const stock = join(task.folder, 'db', 'stock')
  const parse = async (path: string) => JSON.parse(await readFile(path, 'utf8'))
  const list = async () => (await readdir(stock, { recursive: true })).filter((name) => name.endsWith('.json'))
  const scan = async (isWanted: (record: Record<string, unknown>) => boolean) => {
    const found: unknown[] = []
    // A few hundred files at a time are what the thread pool and the open files bear.
    for (const names of groups(await list(), 256)) {
      const records = await Promise.all(names.map((name) => parse(join(stock, name))))
      found.push(...records.filter(isWanted))
    }
    return found
  }
  const reads = {
    get: (place: number) => parse(join(task.folder, pathOf('folders', place))),
    find: (row: string) => scan((record) => record.row === row),
    count: async () => (await list()).length,
  }
  return await measureReads(task, reads, false)
}

function groups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
