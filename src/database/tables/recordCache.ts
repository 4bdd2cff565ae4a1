import type { Oid } from '../../git/objects/object.ts'
import type { JsonObject } from '../json/json.ts'
import type { StoredRecord } from './record.ts'

/** Bytes of the files whose records are kept. */
const largest = 64 << 20

/** A record that is kept. */
export interface KnownRecord {
  readonly record: StoredRecord
  /** Bytes of its file. */
  readonly size: number
  /** The digits of the folder in which a scan found it in its place. */
  folder: string | undefined
}

interface Entry extends KnownRecord {
  /** Whether somebody asked for it since it came, or since it was last passed over. */
  used: boolean
}

/**
 * Records by the blob that holds them, so that a find reads and parses each once: those that are asked for, up to a number of
 * bytes. A blob never changes. The records are the cache's own: nobody changes them, and who hands one out makes a copy.
 */
export class RecordCache {
  /** Bytes of files. */
  readonly limit: number
  readonly #records = new Map<Oid, Entry>()
  #size = 0

  constructor(limit = largest) {
    this.limit = limit
  }

  /** The record in the blob, where it is known and has that id. */
  get(blob: Oid, id: string): KnownRecord | undefined {
    const known = this.#records.get(blob)
    if (known?.record._id !== id) return undefined
    known.used = true
    return known
  }

  add(blob: Oid, record: StoredRecord, size: number, folder?: string): void {
    if (this.#records.has(blob)) return
    this.#records.set(blob, { record, size, folder, used: false })
    this.#size += size
    if (this.#size > this.limit) this.#evict()
  }

  /** Second chance: what was asked for since the last time stays for now. Many go at once, since a Map's first entry is slow to find behind others that were deleted. */
  #evict(): void {
    while (this.#size > this.limit * 0.9) {
      for (const [blob, entry] of this.#records) {
        if (this.#size <= this.limit * 0.9) return
        if (entry.used) entry.used = false
        else {
          this.#records.delete(blob)
          this.#size -= entry.size
        }
      }
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
