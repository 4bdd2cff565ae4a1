import type { Oid } from '../objects/object.ts'
import type { FileChange, LogEntry } from './history.ts'

/** What makes `git log` print what `readLog` reads. */
export const logFormat: readonly string[] = [
  '--full-history',
  '--no-renames',
  '--raw',
  '-r',
  '-z',
  '--no-abbrev',
  '--root',
  '--format=%H %P',
]

/** A commit, or a part of its files: `goesOn` where others follow. */
export interface LogPart extends LogEntry {
  readonly goesOn: boolean
}

/**
 * Reads `git log --raw -z --format='%H %P'`: a commit's id and those of its parents, then for each file its modes, ids and status, and
 * its path (git-diff-tree, "raw output format"). Of a merge git tells no files. A commit of more than `most` files comes in parts.
 */
export async function* readLog(
  pieces: AsyncIterable<string>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<LogPart> {
  let entry: { commit: Oid; parents: readonly Oid[]; changes: FileChange[] } | undefined
  let raw: string | undefined
  for await (const piece of pieces) {
    const text = raw === undefined ? piece.trim() : piece
    if (raw !== undefined) {
      if (entry!.changes.length >= most) {
        yield { ...entry!, goesOn: true }
        entry = { ...entry!, changes: [] }
      }
      entry!.changes.push(readChange(raw, text))
      raw = undefined
    } else if (text.startsWith(':')) raw = text
    else if (text !== '') {
      if (entry) yield { ...entry, goesOn: false }
      const [commit, ...parents] = text.split(' ')
      entry = { commit: commit!, parents, changes: [] }
    }
  }
  if (entry) yield { ...entry, goesOn: false }
}

function readChange(raw: string, path: string): FileChange {
  const [before, after, was, is] = raw.slice(1).split(' ')
  return { path: path.split('/'), before: blobOf(before!, was!), after: blobOf(after!, is!) }
}

function blobOf(mode: string, oid: Oid): Oid | null {
  return mode.startsWith('100') ? oid : null
}
