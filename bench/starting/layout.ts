import { idDigits } from '../../src/database/tables/tableFolder.ts'
import { idOf } from '../records.ts'

/**
 * How a table's files lie: `trie` is ours (DESIGN §3), `indexed` the same with settings that declare an index, `folders` 256
 * folders by the first two digits, `flat` one folder, as the predecessor and git-documentdb have it.
 */
export type Layout = 'trie' | 'indexed' | 'folders' | 'flat'

/** Places of records by where their files lie. */
export interface Folder {
  readonly folders: ReadonlyMap<string, Folder>
  readonly places: readonly number[]
}

/** The table's folder with the records of the places 0 to `size`. */
export function layOut(layout: Layout, size: number): Folder {
  const records = Array.from({ length: size }, (_, place) => ({ place, digits: idDigits(idOf(place)) }))
  if (layout === 'flat') return leaf(records)
  return layout === 'folders' ? split(records, 0, Number.POSITIVE_INFINITY) : spread(records, 0)
}

/** The path of a record's file where the layout does not depend on the table's size. */
export function pathOf(layout: 'folders' | 'flat', place: number): string {
  const id = idOf(place)
  return layout === 'flat' ? `db/stock/${id}.json` : `db/stock/${idDigits(id).slice(0, 2)}/${id}.json`
}

interface Placed {
  readonly place: number
  readonly digits: string
}

/** DESIGN §3: flat up to 1,000, then by the next two digits. */
function spread(records: readonly Placed[], depth: number): Folder {
  return records.length <= 1_000 ? leaf(records) : split(records, depth, depth + 1)
}

function split(records: readonly Placed[], depth: number, next: number): Folder {
  const groups = Map.groupBy(records, ({ digits }) => digits.slice(depth * 2, depth * 2 + 2))
  const below = (group: readonly Placed[]) => (Number.isFinite(next) ? spread(group, next) : leaf(group))
  return { folders: new Map([...groups].map(([name, group]) => [name, below(group)])), places: [] }
}

function leaf(records: readonly Placed[]): Folder {
  return { folders: new Map(), places: records.map(({ place }) => place) }
}
