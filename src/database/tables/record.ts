import { CommitbaseError, messageOf } from '../../errors.ts'
import { takeBreaths } from '../../git/breath.ts'
import { copyJson, formatRecord, isObject, type JsonObject, shown } from '../json/json.ts'
import { parseStoredJson } from '../json/storedJson.ts'
import { checkId, nameProblem } from './names.ts'
import { SortedRuns } from './sortedRuns.ts'

/** A record as it is stored. `_updated` may be missing where a person made the file. */
export interface StoredRecord extends JsonObject {
  readonly _id: string
  readonly _updated?: string
}

/** Bytes of a record's file. */
const largestRecord = 1_048_576

/** What came as a record, checked and copied, without `_updated`, which is not the sender's to say. Throws `invalid`. */
export function takeFields(record: unknown): JsonObject {
  const taken = takeRecord(record)
  if (!('_updated' in taken)) return taken
  const { _updated, ...fields } = taken
  return fields
}

/** What came as a record, checked and copied. Throws `invalid`. */
export function takeRecord(record: unknown): JsonObject {
  if (!isObject(record)) throw new CommitbaseError('invalid', `record must be an object; got ${shown(record)}`)
  const taken = copyJson(record, 'record')
  if (taken._id !== undefined) checkId(taken._id)
  return taken
}

/** A record's file. Throws `invalid` above 1 MiB. */
export function encodeRecord(record: StoredRecord): Buffer {
  const bytes = formatRecord(record)
  if (bytes.length <= largestRecord) return bytes
  throw new CommitbaseError(
    'invalid',
    `a record is at most ${largestRecord.toLocaleString('en')} bytes; '${record._id}' has ${bytes.length.toLocaleString('en')}`,
  )
}

/** The record that a file holds. Throws `internal`, naming the file, where a person left something else there. */
export function decodeRecord(bytes: Buffer, id: string, path: string): StoredRecord {
  const read = readRecord(bytes, id)
  if ('record' in read) return read.record
  throw new CommitbaseError('internal', `${path} holds no record: ${read.reason}; mend or remove the file`)
}

/** The record that a file holds, or why it holds none. */
export function readRecord(bytes: Buffer, id: string): { record: StoredRecord } | { reason: string } {
  try {
    const badName = nameProblem(id)
    if (badName) return { reason: `its name ${badName}` }
    if (bytes.length > largestRecord)
      return {
        reason: `it has ${bytes.length.toLocaleString('en')} bytes, a record at most ${largestRecord.toLocaleString('en')}`,
      }
    const record = parseStoredJson(bytes, 'the file')
    if (!isObject(record)) return { reason: `it must be an object; got ${shown(record)}` }
    if (record._id !== id) return { reason: `its _id must be the file's name, '${id}'; got ${shown(record._id)}` }
    return { record: record as StoredRecord }
  } catch (error) {
    return { reason: messageOf(error) }
  }
}

/** The records in the order of their ids' UTF-16 units. Others have a turn now and then. */
export async function inOrderOfIds<Record extends Readonly<StoredRecord>>(
  records: readonly Record[],
): Promise<readonly Record[]> {
  const breath = takeBreaths()
  const runs = new SortedRuns<Record>((one, other) => (one._id < other._id ? -1 : 1))
  const sorted: Record[] = []
  for (const record of records) {
    runs.add(record)
    const pause = breath()
    if (pause) await pause
  }
  for (const record of runs.take()) {
    sorted.push(record)
    const pause = breath()
    if (pause) await pause
  }
  return sorted
}

/** Whether two records say the same, whatever the order of their keys and whenever they were updated. */
export function isSameRecord(one: StoredRecord, other: StoredRecord): boolean {
  return haveSameKeys(one, other, '_updated')
}

/** Whether two values say the same. Both are JSON that came from text: plain, and without `undefined` or -0. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) || Array.isArray(other)) return haveSameItems(one, other)
  return isObject(one) && isObject(other) && haveSameKeys(one, other)
}

function haveSameItems(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((item, index) => isSame(item, other[index]))
}

function haveSameKeys(one: JsonObject, other: JsonObject, except?: string): boolean {
  let keys = 0
  for (const key in one) {
    if (key === except) continue
    if (!Object.hasOwn(other, key) || !isSame(one[key], other[key])) return false
    keys++
  }
  for (const key in other) if (key !== except) keys--
  return keys === 0
}
