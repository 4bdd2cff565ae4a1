import { createHash } from 'node:crypto'
import type { Person } from '../git/commit.ts'
import type { Child } from '../git/folder.ts'
import type { Repository } from '../git/repository.ts'
import type { Path, WorkingTree } from '../git/workingTree.ts'
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
  return {
    async load() {
      const workspace = await Workspace.open(repository, [engineRef])
      return readDocuments(workspace.tree(engineRef))
    },
    async save(changes, subject) {
      await writer.submit(async (workspace) => {
        await writeDocuments(workspace.tree(engineRef), changes)
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

/** `instances/7.json` lies in one of 256 folders, so that none gets wide: `instances/3f/7.json`. */
function fileOf(path: string): Path {
  const names = path.split('/')
  if (names.length < 2) return names
  const digits = createHash('sha256').update(names.at(-1)!).digest('hex').slice(0, 2)
  return [...names.slice(0, -1), digits, names.at(-1)!]
}

async function readDocuments(tree: WorkingTree): Promise<Map<string, unknown>> {
  const files = await listFiles(tree, [])
  const bytes = await tree.readBlobs(files.map(({ oid }) => oid))
  return new Map(files.map(({ path }, index) => [path, JSON.parse(bytes[index]!.toString('utf8'))]))
}

async function listFiles(tree: WorkingTree, folder: Path): Promise<{ path: string; oid: string }[]> {
  const found: { path: string; oid: string }[] = []
  for (const [name, child] of await tree.list(folder)) found.push(...(await filesOf(tree, [...folder, name], child)))
  return found
}

async function filesOf(tree: WorkingTree, path: Path, child: Child): Promise<{ path: string; oid: string }[]> {
  if (child.kind === 'folder') return listFiles(tree, path)
  return [{ path: documentOf(path), oid: child.oid }]
}

function documentOf(path: Path): string {
  return path.length < 3 ? path.join('/') : [...path.slice(0, -2), path.at(-1)].join('/')
}
