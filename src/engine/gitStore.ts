import type { Person } from '../git/objects/commit.ts'
import type { Repository } from '../git/repository.ts'
import type { Child } from '../git/trees/folder.ts'
import type { Path, WorkingTree } from '../git/trees/workingTree.ts'
import { Workspace } from '../git/workspace.ts'
import type { Writer } from '../git/writer.ts'
import type { EngineStore } from './store.ts'

/** Where the engine's documents live, out of the branch's history. */
export const engineRef = 'refs/commitbase/engine'

export interface GitStoreOptions {
  readonly repository: Repository
  /** The repository's one write door, opened with `engineRef` among its refs. */
  readonly writer: Writer
  readonly author: Person
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Keeps the engine's documents on a ref of a repository: a save is one commit, written through the same door as the records. */
export function createGitStore({ repository, writer, author, clock }: GitStoreOptions): EngineStore {
  let elsewhere: ReadonlyMap<string, Path> = new Map()
  return {
    async load() {
      const tree = (await Workspace.open(repository, [engineRef])).tree(engineRef)
      const files = await listFiles(tree, [])
      elsewhere = new Map(files.filter(isElsewhere).map(({ path, file }) => [path, file]))
      return readDocuments(tree, files)
    },
    async save(changes, subject) {
      await writer.submit(async (workspace) => {
        const tree = workspace.tree(engineRef)
        await writeDocuments(tree, changes)
        for (const path of changes.keys()) if (elsewhere.has(path)) await tree.remove(elsewhere.get(path)!)
        workspace.commit(engineRef, { message: subject, author, time: clock() })
      })
    },
    async close() {},
  }
}

async function writeDocuments(tree: WorkingTree, changes: ReadonlyMap<string, unknown | null>): Promise<void> {
  for (const [path, document] of changes) {
    if (document === null) await tree.remove(fileOf(path))
    else await tree.write(fileOf(path), Buffer.from(`${JSON.stringify(document, null, 2)}\n`))
  }
}

/**
 * `instances/2251799813685511.json` lies in one of 256 folders, so that none gets wide: `instances/01/2251799813685511.json`. Keys
 * that were given out together lie together, so that a save writes few folders.
 */
function fileOf(path: string): Path {
  const names = path.split('/')
  if (names.length < 2) return names
  const name = names.at(-1)!
  const folder = Math.floor(Number.parseInt(name, 10) / keysTogether) % folders
  return [...names.slice(0, -1), folder.toString(16).padStart(2, '0'), name]
}

const keysTogether = 256
const folders = 256

interface StoredFile {
  /** The document's. */
  readonly path: string
  readonly file: Path
  readonly oid: string
}

/** Folders once went by a digest of the key: such a file goes when its document is written. */
function isElsewhere({ path, file }: StoredFile): boolean {
  return fileOf(path).join('/') !== file.join('/')
}

async function readDocuments(tree: WorkingTree, files: readonly StoredFile[]): Promise<Map<string, unknown>> {
  const bytes = await tree.readBlobs(files.map(({ oid }) => oid))
  return new Map(files.map(({ path }, index) => [path, JSON.parse(bytes[index]!.toString('utf8'))]))
}

async function listFiles(tree: WorkingTree, folder: Path): Promise<StoredFile[]> {
  const found: StoredFile[] = []
  for (const [name, child] of await tree.list(folder)) found.push(...(await filesOf(tree, [...folder, name], child)))
  return found
}

async function filesOf(tree: WorkingTree, file: Path, child: Child): Promise<StoredFile[]> {
  if (child.kind === 'folder') return listFiles(tree, file)
  return [{ path: documentOf(file), file, oid: child.oid }]
}

function documentOf(file: Path): string {
  return file.length < 3 ? file.join('/') : [...file.slice(0, -2), file.at(-1)].join('/')
}
