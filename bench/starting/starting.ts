import { copyFile, link, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { collectWords, startGit, whenEnded } from '../../src/git/commands/git.ts'
import { runApart } from '../apart.ts'
import { person, runGit, settings } from '../git.ts'
import { fileOf, indexSettings } from '../records.ts'
import { newPath } from '../scratch.ts'
import { type Layout, layOut } from './layout.ts'
import { Objects, oidOf } from './objects.ts'

/** What the keep file of such a pack says; other packs may be kept, too. */
export const startingPack = 'starting'

/** A repository with the table at one size, once in each layout: what the rows copy. */
interface Starting {
  readonly folder: string
  /** Each layout's commit. */
  readonly commits: ReadonlyMap<Layout, string>
}

const made = new Map<number, Promise<Starting>>()

/**
 * A bare repository of its own with a table of `size` records on `main`, in that layout; a keep file tells later packs from
 * those that it began with. Packs are linked, not copied: git never writes into one.
 */
export async function copyStarting(size: number, layout: Layout): Promise<string> {
  if (!made.has(size)) made.set(size, makeStarting(size))
  const { folder, commits } = await made.get(size)!
  const copy = await newPath(`${layout}-${size}.git`)
  await initialize(copy)
  const packs = join('objects', 'pack')
  for (const name of await readdir(join(folder, packs))) await link(join(folder, packs, name), join(copy, packs, name))
  await runGit(copy, ['update-ref', 'refs/heads/main', commits.get(layout)!])
  return copy
}

/** The same with the hub's index where the branch is, as it is in life: it is built once for each size. */
export async function copyIndexed(size: number, layout: Layout): Promise<string> {
  const key = `${layout}-${size}`
  if (!indexed.has(key)) indexed.set(key, buildIndex(await copyStarting(size, layout)))
  const index = await indexed.get(key)!
  const copy = await copyStarting(size, layout)
  await mkdir(join(copy, 'commitbase'))
  for (const name of await readdir(index)) {
    if (name.startsWith('index.')) await copyFile(join(index, name), join(copy, 'commitbase', name))
  }
  return copy
}

const indexed = new Map<string, Promise<string>>()

async function buildIndex(folder: string): Promise<string> {
  await runApart(new URL('../ours/buildIndex.ts', import.meta.url), { folder }, { limit: 300_000 })
  return join(folder, 'commitbase')
}

async function makeStarting(size: number): Promise<Starting> {
  const folder = await newPath(`starting-${size}.git`)
  await initialize(folder)
  const [blobs] = await Promise.all([hashBlobs(size), importBlobs(folder, size)])
  const objects = new Objects()
  const commits = new Map(layoutsFor(size).map((layout) => [layout, commitOf(objects, layout, size, blobs)] as const))
  await runGit(folder, ['index-pack', '--stdin'], objects.pack())
  await keepPacks(folder)
  return { folder, commits }
}

/** A flat folder of a million files is too slow for anybody to begin with. */
function layoutsFor(size: number): Layout[] {
  return size > 100_000 ? ['trie', 'folders'] : ['trie', 'indexed', 'folders', 'flat']
}

async function initialize(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await runGit(folder, ['init', '--quiet', '--bare', '--initial-branch=main'])
}

/** The blob ids of all records, 20 bytes each. */
async function hashBlobs(size: number): Promise<Buffer> {
  const oids = Buffer.alloc(size * 20)
  for (let place = 0; place < size; place++) {
    oidOf('blob', fileOf(place, 0)).copy(oids, place * 20)
    // Others run meanwhile: git is fed by the same process.
    if (place % 10_000 === 0) await new Promise(setImmediate)
  }
  return oids
}

/** git-fast-import takes a million blobs in seconds; a million paths it looks for one by one in each folder, so the trees are made here. */
async function importBlobs(folder: string, size: number): Promise<void> {
  const config = { ...settings, 'core.fsync': 'none' }
  const options = { environment: process.env, variables: person, config }
  const child = startGit(['-C', folder, 'fast-import', '--quiet', '--depth=0'], options)
  const words = collectWords(child)
  const ended = whenEnded(child)
  for (let from = 0; from < size; from += 5_000) {
    const files = Array.from({ length: Math.min(5_000, size - from) }, (_, index) => fileOf(from + index, 0))
    const commands = Buffer.concat(files.flatMap((file) => [Buffer.from(`blob\ndata ${file.length}\n`), file]))
    if (!child.stdin.write(commands)) await Promise.race([new Promise((go) => child.stdin.once('drain', go)), ended])
  }
  child.stdin.end()
  if ((await ended).status !== 0) throw new Error(`git fast-import failed: ${words()}`)
}

function commitOf(objects: Objects, layout: Layout, size: number, blobs: Buffer): string {
  const blobOf = (place: number) => blobs.subarray(place * 20, place * 20 + 20)
  const stock = { mode: '40000', name: 'stock', oid: objects.addFolder(layOut(layout, size), blobOf) }
  const own = layout === 'indexed' ? [settingsEntry(objects)] : []
  const database = objects.addTree([stock, ...own])
  const root = objects.addTree([{ mode: '40000', name: 'db', oid: database }])
  return objects.addCommit(root, `A table of ${size} records`).toString('hex')
}

function settingsEntry(objects: Objects) {
  const text = `${JSON.stringify(indexSettings, null, 2)}\n`
  return { mode: '100644', name: '.commitbase.json', oid: objects.add('blob', Buffer.from(text)) }
}

async function keepPacks(folder: string): Promise<void> {
  const packs = join(folder, 'objects', 'pack')
  const names = (await readdir(packs)).filter((name) => name.endsWith('.pack'))
  for (const name of names) await writeFile(join(packs, name.replace(/\.pack$/, '.keep')), startingPack)
}
