import { execFile } from 'node:child_process'
import { inChangedSources } from '../planted/plant.ts'
import type { Planted } from './planted.ts'

export interface Caught {
  /** How many seeds it took; nothing where none of them showed it. */
  readonly seeds: number | undefined
  /** The first line of what was found. */
  readonly finding: string
}

/** Whether the simulation sees the bug, and says what it should say. */
export async function isCaught({ shows, ...change }: Planted, seeds: number): Promise<Caught> {
  const args = ['test/simulation/run.ts', '--from', '1', '--workers', '1', '--seeds', String(seeds), '--until-found']
  const words = await inChangedSources(change, (folder) => outputOf(folder, args))
  const finding = words.split('\n').find((line) => shows.test(line))
  const seed = /^seed (\d+):$/m.exec(words)?.[1]
  return { seeds: finding && seed ? Number(seed) : undefined, finding: (finding ?? words.slice(-500)).trim() }
}

/** What it printed, whatever its status. */
function outputOf(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 26 }, (_, output, errors) => resolve(output + errors))
  })
}
