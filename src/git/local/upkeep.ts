import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { step } from '../../step.ts'
import { type Environment, type GitOptions, git } from '../commands/git.ts'
import { nodeFiles } from '../disk/files.ts'
import { choosePacks } from '../packs/choosePacks.ts'
import { mergeApart } from '../packs/mergeApart.ts'
import { largestMerge } from '../packs/mergePacks.ts'
import { removePack } from '../packs/packFolder.ts'
import { upkeepMark } from './endOrphans.ts'

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
 * Merges packs (one with a `.keep` is left out, see `placeKept`) and adds the new commits to the commit-graph, with the paths that
 * each changed, everything with the lowest priority; what somebody reads meanwhile stays readable. What processes that were killed
 * left half-written goes. Doing it again changes nothing. Throws `internal` with git's words, or with those of who merges.
 */
export async function keepUp(folder: string, gitOptions: GitOptions, options: UpkeepOptions = {}): Promise<void> {
  const { full, signal, onStep } = options
  await removeLeftovers(join(folder, 'objects', 'pack'), Date.now() - longestWrite)
  const variables = { ...gitOptions.variables, [upkeepMark]: folder }
  const run: RunGit = async (args, input) => {
    const settings = { ...gitOptions, variables, signal, isBackground: true, input }
    await git([`--git-dir=${folder}`, ...args], settings)
  }
  const problems: unknown[] = []
  for (const [what, work] of full ? fullSteps : steps) {
    if (signal?.aborted) return
    const [before, started] = [await sizeOf(folder), performance.now()]
    step('upkeep.begun')
    try {
      await work({ folder, run, variables, signal })
    } catch (error) {
      // One object that is damaged must not keep all packs from being merged.
      problems.push(error)
      continue
    }
    step('upkeep.done')
    onStep?.({ what, before, after: await sizeOf(folder), milliseconds: performance.now() - started })
  }
  if (problems.length > 0) throw problems[0]
}

type RunGit = (args: readonly string[], input?: string) => Promise<void>

interface Work {
  readonly folder: string
  readonly run: RunGit
  /** For the environment of who does it. */
  readonly variables: Environment
  readonly signal?: AbortSignal
}

const graph = ['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']

const steps: readonly (readonly [what: string, work: (work: Work) => Promise<void>])[] = [
  ['packed loose objects', packLoose],
  ['merged small packs', mergeSmall],
  // A commit's paths cost a comparison of trees: so many at a time, the rest the next time.
  ['added commits to the commit-graph', ({ run }) => run([...graph, '--split', '--max-new-filters=100000'])],
]

const fullSteps: typeof steps = [
  ['made one pack of all', ({ run }) => run(['repack', '-a', '-d', '-F', '-q', '--depth=50', '--window=20'])],
  ['wrote the commit-graph', ({ run }) => run([...graph, '--split=replace'])],
]

async function mergeSmall({ folder, variables, signal }: Work): Promise<void> {
  const packs = join(folder, 'objects', 'pack')
  for (;;) {
    const chosen = choosePacks(await mergeable(packs), largestMerge - headroom).slice(0, mostTogether)
    if (chosen.length < 2 || signal?.aborted) return
    const names = chosen.map(({ name }) => name)
    const merged = await mergeApart({ folder: packs, names, variables }, signal)
    step('upkeep.merged')
    for (const name of names) if (name !== merged) await removePack(packs, name, nodeFiles)
  }
}

/** Bytes that distances which are written anew may take more, amply. */
const headroom = 64 << 20

/** Packs that are read at once: each takes two open files. */
const mostTogether = 200

/** Git leaves objects loose where a push brings few of them. */
async function packLoose({ folder, run }: Work): Promise<void> {
  const objects = join(folder, 'objects')
  const folders = (await readdir(objects)).filter((name) => /^[0-9a-f]{2}$/.test(name))
  const names: string[] = []
  // One after the other: all at once have every thread that a landing needs for the disk.
  for (const first of folders) for (const rest of await readdir(join(objects, first))) names.push(first + rest)
  const oids = names.filter((name) => /^[0-9a-f]{40}$/.test(name))
  if (oids.length === 0) return
  await run(['pack-objects', '-q', join(objects, 'pack', 'pack')], `${oids.join('\n')}\n`)
  await run(['prune-packed', '-q'])
}

/** The packs that may go where all that they hold is in another. What has `.mtimes` beside it are objects that nobody needs (git-gc, "cruft"). */
async function mergeable(packs: string): Promise<{ name: string; size: number }[]> {
  const listed = await readdir(packs)
  // Looked at again: what keeps a pack comes before it and goes behind it.
  const files = new Set(await readdir(packs))
  const names = listed.filter((file) => file.endsWith('.idx')).map((file) => file.slice(0, -4))
  const chosen = names.filter(
    (name) =>
      files.has(`${name}.pack`) && !['keep', 'mtimes', 'promisor'].some((ending) => files.has(`${name}.${ending}`)),
  )
  const sized = await Promise.all(
    chosen.map(async (name) => ({ name, size: await sizeOfFile(join(packs, `${name}.pack`)) })),
  )
  return sized.filter(({ size }) => size > 0)
}

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
  const sizes = await Promise.all(names.map((name) => sizeOfFile(join(packs, name))))
  return {
    packs: names.filter((name) => name.endsWith('.pack')).length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  }
}

/** Bytes; none where it went while it was looked for. */
async function sizeOfFile(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** Keeps the number of packs small for ever: after every so many new ones there is upkeep in the background. */
export class Upkeep {
  readonly #folder: string
  readonly #options: GitOptions
  readonly #onTrouble: ((error: unknown) => void) | undefined
  readonly #closing = new AbortController()
  #added = 0
  #running: Promise<void> | undefined

  /** `onTrouble`: told of what failed. */
  constructor(folder: string, options: GitOptions, onTrouble?: (error: unknown) => void) {
    this.#folder = folder
    this.#options = options
    this.#onTrouble = onTrouble
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
    const { signal } = this.#closing
    await keepUp(this.#folder, this.#options, { signal }).catch((error) => {
      if (!signal.aborted) this.#onTrouble?.(error)
    })
    this.#running = undefined
    // Those that came meanwhile may have come too late for it.
    this.packsAdded(0)
  }
}

const packsBetween = 16
