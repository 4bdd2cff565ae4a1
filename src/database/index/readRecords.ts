import { CommitbaseError } from '../../errors.ts'
import { takeBreaths } from '../../git/breath.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { Fanout } from '../../git/trees/fanout.ts'
import type { JsonObject } from '../json/json.ts'
import { fingerprintOf } from '../tables/fingerprint.ts'
import type { KnownFingerprints } from '../tables/knownFingerprints.ts'
import { readRecord } from '../tables/record.ts'
import type { RecordBlob, RecordChange } from '../tables/treeChanges.ts'

/** A record for the index: `null` where it is gone, `unreadable` where a read is refused. */
export type IndexedRecord = readonly [id: string, record: JsonObject | null | 'unreadable']

/** A record that differs, and its blob now. */
export type IndexedChange = readonly [id: string, blob: RecordBlob]

/** The changes as a read finds them in the table as it is then: of two files with an id one may be left, and where both are a read is refused. Others have a turn now and then. */
export async function asFound(changes: readonly RecordChange[], table: Fanout): Promise<IndexedChange[]> {
  const breath = takeBreaths()
  const found: IndexedChange[] = []
  for (const [id, blob, mayBeTwice] of changes) {
    found.push([id, mayBeTwice ? await blobOf(table, id) : blob])
    const pause = breath()
    if (pause) await pause
  }
  return found
}

async function blobOf(table: Fanout, id: string): Promise<RecordBlob> {
  try {
    return (await table.find(id))?.oid ?? null
  } catch (error) {
    if (error instanceof CommitbaseError && error.code === 'conflict') return 'unreadable'
    throw error
  }
}

/** Where records are read from. */
export interface RecordSource {
  readonly read: ReadObjects
  /** Is told of what is read. */
  readonly fingerprints: KnownFingerprints
}

/** The records as they are now after those changes, read together. Others have a turn now and then. */
export async function readRecords(
  changes: readonly IndexedChange[],
  { read, fingerprints }: RecordSource,
): Promise<IndexedRecord[]> {
  const blobs = changes.flatMap(([, blob]) => (hasBytes(blob) ? blob : []))
  const objects = (blobs.length > 0 ? await read(blobs) : []).values()
  const breath = takeBreaths()
  const records: IndexedRecord[] = []
  const take = (id: string, blob: Oid) => {
    const record = parseIndexed(id, objects.next().value!.body)
    if (record !== 'unreadable') fingerprints.set(blob, id, fingerprintOf(record))
    return record
  }
  for (const [id, blob] of changes) {
    records.push([id, hasBytes(blob) ? take(id, blob) : blob])
    const pause = breath()
    if (pause) await pause
  }
  return records
}

function hasBytes(blob: RecordBlob): blob is Oid {
  return blob !== null && blob !== 'unreadable'
}

export function parseIndexed(id: string, bytes: Buffer): JsonObject | 'unreadable' {
  const read = readRecord(bytes, id)
  return 'record' in read ? read.record : 'unreadable'
}
