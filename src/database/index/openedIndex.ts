import { messageOf } from '../../errors.ts'
import type { Oid } from '../../git/objects/object.ts'
import { type IndexFile, isPassing, openIndexFile, removeIndexFile } from './indexFile.ts'
import { IndexedTables } from './tables.ts'
import { type ChangesOf, VersionHistory } from './versionHistory.ts'

export interface IndexFileOptions {
  /** The file; it may be deleted whenever nobody has it open. Fingerprints lie beside it (`FingerprintFile`). */
  readonly path: string
  /** The folder of the database, such as `db`. */
  readonly basedir: string
  /** Reads the log; without it there is no history. */
  readonly changesOf?: ChangesOf
  /** How many commits were read for the history. */
  readonly onHistory?: (commits: number) => void
  /** Told of what went wrong: reads go on without the index until it is built again. */
  readonly onProblem?: (message: string) => void
}

/** The file of an index, and what it says. */
export interface OpenedIndex {
  readonly file: IndexFile
  readonly tables: IndexedTables
  readonly history: VersionHistory | undefined
  /** The commit that the file is at. */
  readonly at: Oid | null
}

/** Opens it. One that was closed in order is not checked (`openIndexFile`): what is damaged in it may be met here, and then it is made anew. */
export function openIndex(options: IndexFileOptions): OpenedIndex {
  const { path, basedir, onProblem } = options
  const file = openIndexFile(path, basedir)
  try {
    return read(file, options)
  } catch (error) {
    if (!isPassing(error)) onProblem?.(`the index is built anew: ${messageOf(error)}`)
    closeDamaged(file, onProblem)
    if (isPassing(error)) throw error
    removeIndexFile(path)
    return read(openIndexFile(path, basedir), options)
  }
}

/** The same; where it cannot be opened for now, an empty one that is closed stands for it. */
export function openIndexOrNone(options: IndexFileOptions): OpenedIndex & { readonly isOpen: boolean } {
  try {
    return { ...openIndex(options), isOpen: true }
  } catch (error) {
    if (!isPassing(error)) throw error
    options.onProblem?.(`there is no index for the moment: ${messageOf(error)}`)
    const none = read(openIndexFile(':memory:', options.basedir), { ...options, changesOf: undefined })
    none.file.close()
    return { ...none, isOpen: false }
  }
}

function read(file: IndexFile, { changesOf, onHistory }: IndexFileOptions): OpenedIndex {
  const tables = new IndexedTables(file)
  // What an end of the process cut short.
  for (const table of tables.all()) if (!table.isReady) tables.renew(table)
  const history = changesOf && new VersionHistory({ file, changesOf, onProgress: onHistory })
  return { file, tables, history, at: file.read('commit') ?? null }
}

/** What is wrong with the file may keep it from being closed in order. */
export function closeDamaged(file: IndexFile, onProblem: IndexFileOptions['onProblem']): void {
  try {
    file.close()
  } catch (error) {
    onProblem?.(`the index's file was not closed: ${messageOf(error)}`)
  }
}
