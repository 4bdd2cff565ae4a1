import { simpleGit } from 'simple-git'
import { type CommitsTask, type Throughput, writeInTurn } from './throughput.ts'
import { writeFileOf } from './workTree.ts'

/** simple-git's `add` and `commit` of one file, in 256 folders. */
export async function measure(task: CommitsTask): Promise<Throughput> {
  const { folder, size } = task
  const git = simpleGit(folder)
  return writeInTurn(task, async (number) => {
    const path = await writeFileOf(folder, 'folders', size, number)
    await git.add(path)
    await git.commit(`UPSERT ${path}`)
  })
}
