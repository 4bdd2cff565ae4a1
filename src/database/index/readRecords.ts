import { takeBreaths } from '../../git/breath.ts'
import type { ReadObjects } from '../../git/trees/workingTree.ts'
import type { JsonObject } from '../json/json.ts'
import { readRecord } from '../tables/record.ts'
import type { RecordChange } from '../tables/treeChanges.ts'

/** A record for the index: `null` where it is gone, `unreadable` where its file holds none. */
export type IndexedRecord = readonly [id: string, record: JsonObject | null | 'unreadable']

/** The records as they are now after those changes, read together. Others have a turn now and then. */
export async function readRecords(changes: readonly RecordChange[], read: ReadObjects): Promise<IndexedRecord[]> {
  const blobs = changes.flatMap(([, blob]) => blob ?? [])
  const objects = (blobs.length > 0 ? await read(blobs) : []).values()
  const breath = takeBreaths()
  const records: IndexedRecord[] = []
  for (const [id, blob] of changes) {
    records.push([id, blob === null ? null : parseIndexed(id, objects.next().value!.body)])
    const pause = breath()
    if (pause) await pause
  }
  return records
}

export function parseIndexed(id: string, bytes: Buffer): JsonObject | 'unreadable' {
  const read = readRecord(bytes, id)
  return 'record' in read ? read.record : 'unreadable'
}
