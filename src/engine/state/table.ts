import { type Key, placeOf } from '../key.ts'
import { type IndexEntry, TableIndex } from './tableIndex.ts'

/** `undo` is there while a decision runs: what takes its changes back, last one last. */
export interface Journal {
  undo: (() => void)[] | undefined
}

/** Rows by key, with indexes derived from them. Rows are immutable: `put` replaces one as a whole. */
export interface Table<Row extends { key: Key }, IndexName extends string> {
  readonly size: number
  get(key: Key): Row | undefined
  put(row: Row): void
  delete(key: Key): void
  values(): IterableIterator<Row>
  /** A copy, so that the table may change meanwhile. In ascending order. */
  in(index: IndexName, group: string | number): Row[]
  /** In ascending order, without a copy: the table must not change while it is read. */
  each(index: IndexName, group: string | number): IteratorObject<Row>
  count(index: IndexName, group: string | number): number
  /** The least order in a group. */
  firstOrder(index: IndexName, group: string | number): number | undefined
}

/** `changed` is told of every row that came, went or was replaced, and of the same when a decision is taken back. */
export function createTable<Row extends { key: Key }, IndexName extends string>(
  journal: Journal,
  changed: (row: Row) => void,
  indexes: Record<IndexName, (row: Row) => IndexEntry>,
): Table<Row, IndexName> {
  /** By their keys' places. */
  const rows = new Map<number, Row>()
  const indexOf = Object.fromEntries(
    Object.entries<(row: Row) => IndexEntry>(indexes).map(([name, entryOf]) => [name, new TableIndex(entryOf, rows)]),
  ) as Record<IndexName, TableIndex<Row>>
  const all = Object.values<TableIndex<Row>>(indexOf)

  function replace(key: Key, next: Row | undefined): void {
    const place = placeOf(key)
    const previous = rows.get(place)
    for (const index of all) index.replace(previous, next)
    if (next === undefined) rows.delete(place)
    else rows.set(place, next)
  }

  function change(key: Key, next: Row | undefined): void {
    const previous = rows.get(placeOf(key))
    const row = next ?? previous
    if (row === undefined) return
    journal.undo?.push(() => replace(key, previous))
    replace(key, next)
    changed(row)
  }

  function* each(index: IndexName, group: string | number): IteratorObject<Row> {
    for (const place of indexOf[index].places(group)) yield rows.get(place)!
    return undefined
  }

  return {
    get size() {
      return rows.size
    },
    get: (key) => rows.get(placeOf(key)),
    put: (row) => change(row.key, row),
    delete: (key) => change(key, undefined),
    values: () => rows.values(),
    in: (index, group) => indexOf[index].in(group),
    each,
    count: (index, group) => indexOf[index].count(group),
    firstOrder: (index, group) => indexOf[index].firstOrder(group),
  }
}
