import type { Oid } from '../../git/object.ts'
import type { ReadObjects } from '../../git/workingTree.ts'
import type { JsonObject } from '../json.ts'
import { readRecord } from '../record.ts'
import type { RecordChange } from '../treeChanges.ts'

/** A record for the index: `null` where it is gone, `unreadable` where its file holds none. */
export type IndexedRecord = readonly [id: string, record: JsonObject | null | 'unreadable']

/** The records as they are now after those changes, read together. */
export async function readRecords(changes: readonly RecordChange[], read: ReadObjects): Promise<IndexedRecord[]> {
  const blobs = changes.flatMap(([, blob]) => blob ?? [])
  const bytes = new Map<Oid, Buffer>()
  if (blobs.length > 0) for (const { oid, body } of await read(blobs)) bytes.set(oid, body)
  return changes.map(([id, blob]) => [id, blob === null ? null : parseIndexed(id, bytes.get(blob)!)])
}

export function parseIndexed(id: string, bytes: Buffer): JsonObject | 'unreadable' {
  const read = readRecord(bytes, id)
  return 'record' in read ? read.record : 'unreadable'
}
