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
  '-c',
  '--root',
  '--format=%H',
]

/** A commit, or a part of its files: `goesOn` where others follow. */
export interface LogPart extends LogEntry {
  readonly goesOn: boolean
}

/**
 * Reads `git log --raw -z --format=%H`: an id, then for each file its modes, ids and status, and its path. For a merge there is a
 * colon for each parent, as many modes and ids before the last one (git-diff-tree, "diff format for merges"). A commit of more than
 * `most` files comes in parts, unless it is a merge.
 */
export async function* readLog(
  pieces: AsyncIterable<string>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<LogPart> {
  let entry: { commit: Oid; isMerge: boolean; changes: FileChange[] } | undefined
  let raw: string | undefined
  for await (const piece of pieces) {
    const text = raw === undefined ? piece.trimStart() : piece
    if (raw !== undefined) {
      if (entry!.changes.length >= most && !entry!.isMerge) {
        yield { ...entry!, goesOn: true }
        entry = { ...entry!, changes: [] }
      }
      entry!.changes.push(readChange(raw, text))
      entry!.isMerge ||= raw.startsWith('::')
      raw = undefined
    } else if (text.startsWith(':')) raw = text
    else if (text !== '') {
      if (entry) yield { ...entry, goesOn: false }
      entry = { commit: text, isMerge: false, changes: [] }
    }
  }
  if (entry) yield { ...entry, goesOn: false }
}

function readChange(raw: string, path: string): FileChange {
  const parents = /^:+/.exec(raw)![0].length
  const words = raw.slice(parents).split(' ')
  const modes = words.slice(0, parents + 1)
  const oids = words.slice(parents + 1, 2 * parents + 2)
  const blob = (at: number) => (modes[at]!.startsWith('100') ? oids[at]! : null)
  return { path: path.split('/'), before: blob(0), after: blob(parents) }
}
