import type { Person } from '../../git/objects/commit.ts'
import type { Repository } from '../../git/repository.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { Workspace } from '../../git/workspace.ts'
import type { Writer } from '../../git/writer.ts'
import { readJson } from '../../readJson.ts'
import type { EngineStore } from './store.ts'

/** Where the engine's documents live, out of the branch's history. */
export const engineRef = 'refs/commitbase/engine'

/** Beside the documents: when the ref's history began (`pruneHistory.ts`). */
export const historyFile = 'history.json'

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
      const files = await listFiles(tree)
      elsewhere = new Map(files.filter(isElsewhere).map(({ path, folder, name }) => [path, [...folder, name]]))
      return readDocuments(tree, files)
    },
    async save(changes, subject) {
      const files: File[] = []
      for (const [path, document] of changes) {
        const before = elsewhere.get(path)
        if (before) files.push([before, null])
        files.push(written(path, document))
      }
      await writer.submit(async (workspace) => {
        await writeFiles(workspace.tree(engineRef), files)
        workspace.commit(engineRef, { message: subject, author, time: clock() })
      })
    },
    async close() {},
  }
}

/** A file and what is to be in it; `null`: it goes. */
type File = readonly [file: Path, bytes: Buffer | null]

function written(path: string, document: unknown): File {
  return [fileOf(path), document === null ? null : Buffer.from(`${JSON.stringify(document, null, 2)}\n`)]
}

async function writeFiles(tree: WorkingTree, files: readonly File[]): Promise<void> {
  await tree.now(() => {
    for (const [file, bytes] of files) {
      if (bytes === null) tree.removeNow(file)
      else tree.writeNow(file, bytes)
    }
  })
}

/**
 * `instances/2251799813685511.json` lies in one of 256 folders, so that none gets wide: `instances/01/2251799813685511.json`. Keys
 * that were given out together lie together, so that a save writes few folders.
 */
function fileOf(path: string): Path {
  const slash = path.lastIndexOf('/')
  if (slash < 0) return [path]
  const name = path.slice(slash + 1)
  return [...path.slice(0, slash).split('/'), folderOf(name), name]
}

function folderOf(name: string): string {
  const folder = Math.floor(Number.parseInt(name, 10) / keysTogether) % folders
  return folder.toString(16).padStart(2, '0')
}

const keysTogether = 256
const folders = 256

interface StoredFile {
  /** The document's. */
  readonly path: string
  readonly folder: Path
  readonly name: string
  readonly oid: string
}

/** Folders once went by a digest of the key: such a file goes when its document is written. */
function isElsewhere({ folder, name }: StoredFile): boolean {
  return folder.length > 0 && folder.at(-1) !== folderOf(name)
}

/** Some thousands at a time: what is read of a hundred thousand is several times as large as what is kept of them. */
async function readDocuments(tree: WorkingTree, files: readonly StoredFile[]): Promise<Map<string, unknown>> {
  const documents = new Map<string, unknown>()
  for (let from = 0; from < files.length; from += readTogether) {
    const some = files.slice(from, from + readTogether)
    const bytes = await tree.readBlobs(some.map(({ oid }) => oid))
    for (const [index, { path }] of some.entries()) documents.set(path, readJson(bytes[index]!.toString('utf8')))
  }
  return documents
}

const readTogether = 16_384

/** All files, level by level: the folders of one are read together. */
async function listFiles(tree: WorkingTree): Promise<StoredFile[]> {
  const found: StoredFile[] = []
  for (let level: Path[] = [[]]; level.length > 0; ) {
    const below: Path[] = []
    for (const [index, list] of (await tree.listAll(level)).entries()) {
      const folder = level[index]!
      const prefix = folder.length < 2 ? folder : folder.slice(0, -1)
      for (const [name, child] of list) {
        if (child.kind === 'folder') below.push([...folder, name])
        else if (folder.length > 0 || name !== historyFile)
          found.push({ path: [...prefix, name].join('/'), folder, name, oid: child.oid })
      }
    }
    level = below
  }
  return found
}
