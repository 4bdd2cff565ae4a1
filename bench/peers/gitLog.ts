import { runGit } from '../git.ts'
import type { Cell } from '../report/cell.ts'
import { percentile } from '../report/percentile.ts'

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
  return [
    { value: first, unit: 'ms', count: 1 },
    { value: percentile(rest, 0.5), unit: 'ms', count: rest.length },
  ]
}
