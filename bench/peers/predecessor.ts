import { runGit } from '../git.ts'
import { type CommitsTask, type Throughput, writeInTurn } from './throughput.ts'
import { writeFileOf } from './workTree.ts'

/** The predecessor's way: a file into one flat folder, `git add .`, `git commit`. */
export async function measure(task: CommitsTask): Promise<Throughput> {
  const { folder, size } = task
  return writeInTurn(task, async (number) => {
    const path = await writeFileOf(folder, 'flat', size, number)
    await runGit(folder, ['add', '.'])
    await runGit(folder, ['commit', '--quiet', '--message', `UPSERT ${path}`])
  })
}
