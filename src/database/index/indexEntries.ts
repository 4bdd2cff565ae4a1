import type { JsonObject } from '../json/json.ts'
import type { IndexSettings } from '../tables/settings.ts'
import { encodeKey, isOdd } from './encodeKey.ts'
import { queryValues, uniqueValues } from './fieldValues.ts'

/**
 * Where an entry stands in its index:
 * - `single`: of a record that has one value at each of the fields; conditions on one field may be taken together;
 * - `several`: of a record with a list at one of them, whose members may fulfil one condition each;
 * - `always`: of a record about which the index cannot say anything: each query looks at it;
 * - `unique`: what no other record may have.
 */
export const standing = { single: 0, several: 1, always: 2, unique: 3 } as const

export interface IndexEntry {
  readonly standing: number
  readonly key: Buffer
}

/** Of one record in one index. Beyond that a record is looked at by each query. */
const mostEntries = 1_000

/** The entries of a record in an index. */
export function indexEntries(record: JsonObject, { fields, unique }: IndexSettings): IndexEntry[] {
  const entries = queryEntries(record, fields)
  if (!unique) return entries
  return [...entries, ...uniqueKeys(record, fields).map((key) => ({ standing: standing.unique, key }))]
}

function queryEntries(record: JsonObject, fields: readonly string[]): IndexEntry[] {
  const lists: Buffer[][] = []
  let isSingle = true
  for (const field of fields) {
    const found = queryValues(record, field)
    if (found === 'too many' || isOdd(found.values[0])) return always
    isSingle &&= !found.isList
    lists.push(found.values.map(encodeKey))
  }
  const keys = product(lists, mostEntries)
  const where = isSingle ? standing.single : standing.several
  return keys?.map((key) => ({ standing: where, key })) ?? always
}

const always: IndexEntry[] = [{ standing: standing.always, key: Buffer.alloc(0) }]

/**
 * The keys of a record that no other may have. A record without a value at any of the fields has none; else what is missing
 * counts as null, as in MongoDB's sparse unique indexes.
 */
export function uniqueKeys(record: JsonObject, fields: readonly string[]): Buffer[] {
  const lists = fields.map((field) => uniqueValues(record, field))
  if (lists.every(([first]) => first === undefined)) return []
  const keys = lists.map((values) => values.map((value) => encodeKey(value ?? null)))
  return product(keys, Number.POSITIVE_INFINITY)!
}

/** How many keys an index would give the record; what is too many is refused before it is made. */
export function countUniqueKeys(record: JsonObject, fields: readonly string[]): number {
  return fields.reduce((count, field) => count * uniqueValues(record, field).length, 1)
}

/** One of each, in every way, each way once; nothing where there are more than `most`. */
function product(lists: readonly Buffer[][], most: number): Buffer[] | undefined {
  if (lists.length === 1 && lists[0]!.length === 1) return lists[0]!
  const distinct = lists.map(distinctOf)
  if (distinct.reduce((count, { length }) => count * length, 1) > most) return undefined
  return distinct.reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => Buffer.concat([head, tail]))))
}

function distinctOf(keys: readonly Buffer[]): Buffer[] {
  if (keys.length === 1) return [...keys]
  return [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()]
}
