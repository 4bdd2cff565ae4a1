import fs from 'node:fs'
import git from 'isomorphic-git'
import { pathOf } from '../starting/layout.ts'
import { measureReads, type ReadTask } from './readings.ts'

/** isomorphic-git on the commit's tree in 256 folders, with its cache. */
export async function measure(task: ReadTask) {
  const gitdir = task.folder
  const cache = {}
  const oid = await git.resolveRef({ fs, gitdir, ref: 'main' })
  const read = async (filepath: string) => {
    const { blob } = await git.readBlob({ fs, gitdir, oid, filepath, cache })
    return JSON.parse(Buffer.from(blob).toString('utf8'))
  }
  const walk = (map: (path: string, entry: Entry) => Promise<unknown>): Promise<unknown[]> =>
    git.walk({
      fs,
      gitdir,
      cache,
      trees: [git.TREE({ ref: oid })],
      // Nothing ends the walk below a folder: a folder is mapped to no records, a file to at most one.
      map: async (path, [entry]) => ((await entry!.type()) === 'tree' ? [] : [await map(path, entry!)]),
      reduce: async (own: unknown[], below: unknown[][]) =>
        [own, ...below].flat().filter((found) => found !== undefined),
    })
  const reads = {
    get: (place: number) => read(pathOf('folders', place)),
    find: (row: string) =>
      walk(async (_path, entry) => {
        const record = JSON.parse(Buffer.from((await entry.content())!).toString('utf8'))
        return record.row === row ? record : undefined
      }),
    count: async () => (await walk(async (path) => path)).length,
  }
  return await measureReads(task, reads, false)
}

type Entry = import('isomorphic-git').WalkerEntry
