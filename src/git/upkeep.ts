import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { step } from '../step.ts'
import { upkeepMark } from './endOrphans.ts'
import { type GitOptions, git } from './git.ts'

/** What a repository's folder holds. */
export interface FolderSize {
  readonly packs: number
  /** Of packs with their indexes. */
  readonly bytes: number
}

/** A step of upkeep that is done. */
export interface UpkeepStep {
  readonly what: string
  readonly before: FolderSize
  readonly after: FolderSize
  readonly milliseconds: number
}

export interface UpkeepOptions {
  /** All packs become one, with deltas looked for anew and all of it compressed: slow, and the smallest there is. Else packs are merged as they are, the small ones. */
  readonly full?: boolean
  readonly signal?: AbortSignal
  /** Told of each step. */
  readonly onStep?: (step: UpkeepStep) => void
}

/**
 * Merges packs (a pack that still grows is left out, see `placeKept`) and adds the new commits to the commit-graph, with the paths
 * that each changed. Git does it, with the lowest priority; what somebody reads meanwhile stays readable. What processes that were
 * killed left half-written goes. Doing it again changes nothing. Throws `internal` with git's words.
 */
export async function keepUp(folder: string, gitOptions: GitOptions, options: UpkeepOptions = {}): Promise<void> {
  await removeLeftovers(join(folder, 'objects', 'pack'), Date.now() - longestWrite)
  for (const [what, args] of options.full ? fullSteps : steps) {
    if (options.signal?.aborted) return
    const [before, started] = [await sizeOf(folder), performance.now()]
    step('upkeep.begun')
    const variables = { ...gitOptions.variables, [upkeepMark]: folder }
    const run = { ...gitOptions, variables, signal: options.signal, isBackground: true }
    await git([`--git-dir=${folder}`, ...args], run)
    step('upkeep.merged')
    options.onStep?.({ what, before, after: await sizeOf(folder), milliseconds: performance.now() - started })
  }
}

const graph = ['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']

const steps: readonly (readonly [what: string, args: readonly string[]])[] = [
  // Trees are deltas already: to look for more would take a core for a minute.
  ['merged small packs', ['repack', '--geometric=2', '-d', '-q', '--window=0']],
  // A commit's paths cost a comparison of trees: so many at a time, the rest the next time.
  ['added commits to the commit-graph', [...graph, '--split', '--max-new-filters=100000']],
]

const fullSteps: typeof steps = [
  ['made one pack of all', ['repack', '-a', '-d', '-F', '-q', '--depth=50', '--window=20']],
  ['wrote the commit-graph', [...graph, '--split=replace']],
]

/** Packs and indexes under the names that git and we write them to before they are whole, since when nobody has written to them. */
async function removeLeftovers(packs: string, before: number): Promise<void> {
  for (const name of await readdir(packs)) {
    if (!/^(tmp_|\.tmp-)/.test(name)) continue
    const path = join(packs, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: before }))
    if (mtimeMs < before) await rm(path, { force: true })
  }
}

/** Milliseconds for which who writes a pack may be silent. */
const longestWrite = 3_600_000

async function sizeOf(folder: string): Promise<FolderSize> {
  const packs = join(folder, 'objects', 'pack')
  const names = (await readdir(packs)).filter((name) => /\.(pack|idx)$/.test(name))
  // One may go while it is looked at.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(packs, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return {
    packs: names.filter((name) => name.endsWith('.pack')).length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  }
}

/** Keeps the number of packs small for ever: after every so many new ones there is upkeep in the background. */
export class Upkeep {
  readonly #folder: string
  readonly #options: GitOptions
  readonly #closing = new AbortController()
  #added = 0
  #running: Promise<void> | undefined

  constructor(folder: string, options: GitOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** Says how many packs came. */
  packsAdded(count: number): void {
    this.#added += count
    if (this.#added < packsBetween || this.#running || this.#closing.signal.aborted) return
    this.#added = 0
    this.#running = this.#run()
  }

  /** Stops what runs; the next owner does it again. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /** A failure costs nothing but packs: the next round tries again, and reads and writes go on. */
  async #run(): Promise<void> {
    await keepUp(this.#folder, this.#options, { signal: this.#closing.signal }).catch(() => {})
    this.#running = undefined
  }
}

const packsBetween = 16
