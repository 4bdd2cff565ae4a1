import fs from 'node:fs'
import git from 'isomorphic-git'
import { type CommitsTask, type Throughput, writeInTurn } from './throughput.ts'
import { writeFileOf } from './workTree.ts'

/** isomorphic-git's `add` and `commit` of one file, in 256 folders, with its cache. It syncs nothing to the disk. */
export async function measure(task: CommitsTask): Promise<Throughput> {
  const { folder: dir, size } = task
  const cache = {}
  const author = { name: 'Bench', email: 'bench@example.org' }
  return writeInTurn(task, async (number) => {
    const filepath = await writeFileOf(dir, 'folders', size, number)
    await git.add({ fs, dir, filepath, cache })
    await git.commit({ fs, dir, message: `UPSERT ${filepath}`, author, cache })
  })
}
