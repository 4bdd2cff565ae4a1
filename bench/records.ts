import { formatRecord, type JsonObject } from '../src/database/json/json.ts'

/** The table that every row writes to or reads. */
export const table = 'stock'

/** The settings that declare the index of the reading rows. */
export const indexSettings = { tables: { [table]: { indexes: [{ fields: ['sku'] }] } } }

export function idOf(place: number): string {
  return `sku-${String(place).padStart(6, '0')}`
}

export function skuOf(place: number): string {
  return `${String((place * 7_919) % 1_000_000).padStart(6, '0')}-${place}`
}

/** The record at a place in the table, about 200 bytes in its file; each version differs from the one before. */
export function recordOf(place: number, version: number): JsonObject & { readonly _id: string } {
  return {
    _id: idOf(place),
    sku: skuOf(place),
    name: `Product number ${place}`,
    stock_level: (place + version * 7) % 1_000,
    price: ((place * 37) % 10_000) / 100,
    row: `R${place % 40}`,
    version,
  }
}

/** The record's file as Commitbase writes it, for every way of writing that is measured. */
export function fileOf(place: number, version: number): Buffer {
  return formatRecord({ ...recordOf(place, version), _updated: '2026-01-01T00:00:00.000Z' })
}

export interface Write {
  readonly place: number
  readonly version: number
}

/** What is written to a table of that size, the same for everybody: updates of records all over the table, and each 50th an insert. */
export function writeAt(size: number, number: number): Write {
  const isInsert = number % insertEvery === insertFirst
  const place = isInsert ? size + Math.floor(number / insertEvery) : scattered(number) % size
  return { place, version: number + 1 }
}

const insertEvery = 50
const insertFirst = 7

/** Places that follow no order that a cache or a tree could like (Knuth's multiplicative hash, TAOCP §6.4). */
export function scattered(number: number): number {
  return Math.imul(number + 1, 2_654_435_761) >>> 0
}
