import type { Key } from './key.ts'
import { SortedKeys } from './sortedKeys.ts'

/** Where a row stands in an index: in which group, and (else by its key) in which order. */
export type IndexEntry = { group: string | number; order?: number } | undefined

/** `undo` is there while a decision runs: what takes its changes back, last one last. */
export interface Journal {
  undo: (() => void)[] | undefined
}

/** Rows by key, with indexes derived from them. Rows are immutable: `put` replaces one as a whole. */
export interface Table<Row extends { key: Key }, IndexName extends string> {
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
  const rows = new Map<Key, Row>()
  const names = Object.keys(indexes) as IndexName[]
  const groups = Object.fromEntries(names.map((name) => [name, new Map()])) as Record<
    IndexName,
    Map<string | number, SortedKeys>
  >

  function replace(key: Key, next: Row | undefined): void {
    const previous = rows.get(key)
    if (previous !== undefined) {
      rows.delete(key)
      for (const name of names) remove(groups[name], indexes[name](previous), key)
    }
    if (next !== undefined) {
      rows.set(key, next)
      for (const name of names) insert(groups[name], indexes[name](next), key)
    }
  }

  function change(key: Key, next: Row | undefined): void {
    const previous = rows.get(key)
    const row = next ?? previous
    if (row === undefined) return
    journal.undo?.push(() => replace(key, previous))
    replace(key, next)
    changed(row)
  }

  function* each(index: IndexName, group: string | number): IteratorObject<Row> {
    for (const { key } of groups[index].get(group) ?? []) yield rows.get(key)!
    return undefined
  }

  return {
    get: (key) => rows.get(key),
    put: (row) => change(row.key, row),
    delete: (key) => change(key, undefined),
    values: () => rows.values(),
    in: (index, group) => [...each(index, group)],
    each,
    count: (index, group) => groups[index].get(group)?.size ?? 0,
    firstOrder: (index, group) => groups[index].get(group)?.first()?.order,
  }
}

function insert(groups: Map<string | number, SortedKeys>, entry: IndexEntry, key: Key): void {
  if (entry === undefined) return
  let keys = groups.get(entry.group)
  if (keys === undefined) {
    keys = new SortedKeys()
    groups.set(entry.group, keys)
  }
  keys.add({ order: entry.order ?? key, key })
}

function remove(groups: Map<string | number, SortedKeys>, entry: IndexEntry, key: Key): void {
  if (entry === undefined) return
  const keys = groups.get(entry.group)
  keys?.delete({ order: entry.order ?? key, key })
  if (keys?.size === 0) groups.delete(entry.group)
}
