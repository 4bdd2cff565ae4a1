import { runGit } from '../git.ts'
import { fileOf, writeAt } from '../records.ts'
import { pathOf } from '../starting/layout.ts'
import { type CommitsTask, type Throughput, writeInTurn } from './throughput.ts'

/** git's plumbing, a process a step, into 256 folders and without a work tree: hash-object, update-index, write-tree, commit-tree, update-ref. */
export async function measure(task: CommitsTask): Promise<Throughput> {
  const { folder, size } = task
  await runGit(folder, ['read-tree', 'refs/heads/main'])
  let head = await runGit(folder, ['rev-parse', 'refs/heads/main'])
  return writeInTurn(task, async (number) => {
    const { place, version } = writeAt(size, number)
    const blob = await runGit(folder, ['hash-object', '-w', '--stdin'], fileOf(place, version))
    await runGit(folder, ['update-index', '--add', '--cacheinfo', `100644,${blob},${pathOf('folders', place)}`])
    const tree = await runGit(folder, ['write-tree'])
    const commit = await runGit(folder, ['commit-tree', tree, '-p', head, '-m', `UPSERT ${place}`])
    await runGit(folder, ['update-ref', 'refs/heads/main', commit, head])
    head = commit
  })
}
