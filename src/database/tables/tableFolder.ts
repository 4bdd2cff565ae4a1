import { hash } from 'node:crypto'
import { Fanout } from '../../git/trees/fanout.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { refuseLinks } from './refuseLinks.ts'

/**
 * A table's folder in a tree. Each write asks for the same one, and what it has found of folders is known until folders come or go
 * (`WorkingTree.structure`). What is asked is asked within the tree's `now`.
 */
export class TableFolder {
  /** Its records' files by id. */
  readonly files: Fanout
  readonly #tree: WorkingTree
  readonly #path: Path
  /** The structure in which only folders lead there, and the one in which no other folder has its name. */
  #reached = -1
  #alone = -1

  constructor(tree: WorkingTree, path: Path) {
    this.files = new Fanout({ tree, base: path, digits: idDigits })
    this.#tree = tree
    this.#path = path
  }

  /** Throws `conflict` where its path leads over something else than folders. */
  refuseLinks(): void {
    const { structure } = this.#tree
    if (this.#reached === structure) return
    if (refuseLinks(this.#tree, this.#path)) this.#reached = structure
  }

  /** The names beside its own that differ from it only in case. */
  twins(): readonly string[] {
    const { structure } = this.#tree
    if (this.#alone === structure) return none
    const name = this.#path.at(-1)!
    const twins = this.#tree
      .listNow(this.#path.slice(0, -1))
      .spellings(name)
      .filter((other) => other !== name)
    if (twins.length === 0) this.#alone = structure
    return twins
  }
}

/** The folder of a table in a tree: who asks again gets the same one, until folders come or go. */
export function tableFolder(tree: WorkingTree, path: Path): TableFolder {
  const folders = knownIn(tree)
  const name = path.join('/')
  const found = folders.get(name)
  if (found) return found
  const folder = new TableFolder(tree, path)
  if (folders.size >= mostKnown) folders.clear()
  folders.set(name, folder)
  return folder
}

/** What was found before is worth nothing, and holds in memory what the tree has let go of. */
function knownIn(tree: WorkingTree): Map<string, TableFolder> {
  const { structure } = tree
  const last = known.get(tree)
  if (last?.structure === structure) return last.folders
  const folders = new Map<string, TableFolder>()
  known.set(tree, { structure, folders })
  return folders
}

/** A table's folder as a tree of files by id. */
export function tableFanout(tree: WorkingTree, path: Path): Fanout {
  return tableFolder(tree, path).files
}

const known = new WeakMap<WorkingTree, { readonly structure: number; readonly folders: Map<string, TableFolder> }>()
const mostKnown = 1_000

const none: readonly string[] = []

/** The digits by which records are spread over folders: ids that differ only in case meet in one. */
export function idDigits(id: string): string {
  if (id !== lastId) {
    lastDigits = hash('sha256', id.toLowerCase())
    lastId = id
  }
  return lastDigits
}

/** A write asks for the digits of its id several times in a row. */
let lastId = ''
let lastDigits = hash('sha256', '')
