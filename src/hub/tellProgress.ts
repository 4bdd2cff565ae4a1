import type { IndexProgress } from '../database/index/recordIndex.ts'

/** Records of a table whose index takes long enough to be told of. */
const worthTelling = 20_000

/** Tells of each tenth of an index that is being built. */
export function tellProgress(log: (message: string) => void): (progress: IndexProgress) => void {
  const told = new Map<string, number>()
  return ({ table, done, total }) => {
    const tenth = Math.floor((done * 10) / total)
    if (total < worthTelling || told.get(table) === tenth) return
    told.set(table, tenth)
    const numbers = `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
    log(`the indexes of '${table}' are being built: ${numbers} records`)
  }
}
