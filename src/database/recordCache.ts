import type { Oid } from '../git/object.ts'
import type { JsonObject } from './json.ts'
import type { StoredRecord } from './record.ts'

/** Bytes of the files whose records are kept. */
const largest = 64 << 20

/**
 * Records by the blob that holds them, so that a find reads and parses each once: those read last, up to a number of bytes. A
 * blob never changes. The records are the cache's own: nobody changes them, and who hands one out makes a copy.
 */
export class RecordCache {
  readonly #largest: number
  readonly #records = new Map<Oid, { readonly record: StoredRecord; readonly size: number }>()
  #size = 0

  constructor(limit = largest) {
    this.#largest = limit
  }

  /** The record in the blob, where it is known and has that id. */
  get(blob: Oid, id: string): StoredRecord | undefined {
    const known = this.#records.get(blob)
    return known?.record._id === id ? known.record : undefined
  }

  add(blob: Oid, record: StoredRecord, size: number): void {
    if (this.#records.has(blob)) return
    this.#records.set(blob, { record, size })
    this.#size += size
    if (this.#size <= this.#largest) return
    // Many at once: a Map's first entry is slow to find behind others that were deleted.
    for (const [oldest, { size }] of this.#records) {
      if (this.#size <= this.#largest * 0.9) break
      this.#records.delete(oldest)
      this.#size -= size
    }
  }
}

/** The one of this process. */
export const recordCache = new RecordCache()

/** A record of one's own. */
export function copyRecord(record: Readonly<StoredRecord>): StoredRecord {
  return copyObject(record) as StoredRecord
}

function copyObject(object: Readonly<JsonObject>): JsonObject {
  const copy: JsonObject = {}
  for (const key of Object.keys(object)) copy[key] = copyValue(object[key])
  return copy
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map(copyValue) : copyObject(value as JsonObject)
}
