import { runGit } from '../git.ts'
import type { Cell } from '../report/cell.ts'
import { medianOf } from '../report/medianOf.ts'

/** `git log -- <path>`, a process each: the first time, and the median of the others. `paths`: how many commits each must have. */
export async function measureLog(folder: string, paths: ReadonlyMap<string, number>): Promise<Cell[]> {
  const times: number[] = []
  for (const [path, count] of paths) {
    const start = performance.now()
    const commits = (await runGit(folder, ['log', '--format=%H', 'refs/heads/main', '--', path])).split('\n')
    times.push(performance.now() - start)
    if (commits.length !== count) throw new Error(`git log gave ${commits.length} versions of ${path}, not ${count}`)
  }
  const [first, ...rest] = times as [number, ...number[]]
  return [medianOf([first]), medianOf(rest)]
}
