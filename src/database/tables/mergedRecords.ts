import type { Oid } from '../../git/objects/object.ts'
import { keyOf, type RecordChange, type RecordName } from './recordChanges.ts'

/** A record that a merge has otherwise than one of its parents at least. */
export interface MergedRecord extends RecordName {
  /** Its blob at each parent; `null` where it was not there. */
  readonly before: readonly (Oid | null)[]
  readonly after: Oid | null
}

/** Whether commits that lead to one parent and not to the other changed the record. */
export type ChangedBetween = (parent: number, other: number) => boolean

/**
 * Whether a merge is a version of the record: where it had to decide. Of two parents' versions one came after the other, and git
 * takes the newer one; a merge that has another one than that, or whose parents have versions of which neither came after the
 * other, makes one of its own, also where it is a parent's.
 */
export function isDecided({ before, after }: MergedRecord, changed: ChangedBetween): boolean {
  // Not superseded: the parent's version is newer than, or beside, that of each parent that has another one.
  const isLast = (blob: Oid | null, parent: number) =>
    before.every((others, other) => others === blob || changed(parent, other))
  return before.some((blob, parent) => blob !== after && isLast(blob, parent))
}

/** What a merge has otherwise than its parents: of each of them in their order what changed from there to the merge. */
export function mergedRecords(changes: readonly (readonly RecordChange[])[]): MergedRecord[] {
  const records = new Map<string, MergedRecord & { before: (Oid | null)[] }>()
  for (const [parent, changed] of changes.entries()) {
    for (const change of changed) {
      const { table, id, before, after } = change
      const record = records.get(keyOf(change)) ?? { table, id, before: changes.map(() => after), after }
      records.set(keyOf(change), record)
      record.before[parent] = before
    }
  }
  return [...records.values()]
}
