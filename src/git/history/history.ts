import type { Oid } from '../objects/object.ts'
import type { Path } from '../trees/path.ts'
import type { Lineage } from './lineage.ts'

/** Which commits are asked for. */
export interface LogQuery {
  /** The newest one. */
  readonly tip: Oid
  /** Neither this one nor what leads to it. */
  readonly since?: Oid
  /** Files or folders, in this one or in any below. */
  readonly paths: readonly Path[]
}

/**
 * A commit and the files in which it differs from its parent (from nothing where it has none). Of a merge no files are told: which of
 * them are its own depends on who asks.
 */
export interface LogEntry {
  readonly commit: Oid
  readonly parents: readonly Oid[]
  readonly changes: readonly FileChange[]
}

/** A file's blob before and after; `null` where there was no file, or something else than one. */
export interface FileChange {
  readonly path: Path
  readonly before: Oid | null
  readonly after: Oid | null
}

/** The commits of a repository. In memory it is a plain walk (`walkHistory.ts`), elsewhere git is asked (`gitHistory.ts`). */
export interface History {
  /** The commits that lead to that one, ready for questions that need no object. Kept, and carried on as the branch grows. */
  lineage(tip: Oid): Promise<Lineage>
  /** Every commit behind the tip that changed one of the paths, newest first, and each merge that differs there from one of its parents; a commit comes before its parents. */
  log(query: LogQuery): Promise<LogEntry[]>
  /** Brings the folders of those commits near, for who compares many of them; nothing to do where they are. */
  prepare(tip: Oid): Promise<void>
}
