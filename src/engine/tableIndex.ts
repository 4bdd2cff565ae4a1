import type { Key } from './key.ts'
import { SortedKeys } from './sortedKeys.ts'

/** Where a row stands in an index: in which group, and (else by its key) in which order. */
export type IndexEntry = { group: string | number; order?: number } | undefined

/**
 * The keys of a table's rows by group, each group's in order. A group of one, as most are by far, is its key and nothing more: its
 * order is asked of its row again when a second one comes.
 */
export class TableIndex<Row extends { key: Key }> {
  readonly #entryOf: (row: Row) => IndexEntry
  readonly #rows: ReadonlyMap<Key, Row>
  readonly #groups = new Map<string | number, Key | SortedKeys>()

  constructor(entryOf: (row: Row) => IndexEntry, rows: ReadonlyMap<Key, Row>) {
    this.#entryOf = entryOf
    this.#rows = rows
  }

  /** The keys in ascending order; the table must not change while they are read. */
  keys(group: string | number): Iterable<Key> {
    const keys = this.#groups.get(group)
    if (keys === undefined) return none
    return typeof keys === 'number' ? [keys] : keys
  }

  count(group: string | number): number {
    const keys = this.#groups.get(group)
    return typeof keys === 'number' ? 1 : (keys?.size ?? 0)
  }

  firstOrder(group: string | number): number | undefined {
    const keys = this.#groups.get(group)
    return typeof keys === 'number' ? this.#orderOf(keys) : keys?.firstOrder()
  }

  /** A row takes the place of another, comes (`before` is none) or goes (`after` is none); `#rows` has `before`, or neither. */
  replace(before: Row | undefined, after: Row | undefined): void {
    const left = before && this.#entryOf(before)
    const entered = after && this.#entryOf(after)
    if (left?.group === entered?.group && left?.order === entered?.order) return
    if (left !== undefined) this.#remove(left.group, left.order ?? before!.key, before!.key)
    if (entered !== undefined) this.#insert(entered.group, entered.order ?? after!.key, after!.key)
  }

  #insert(group: string | number, order: number, key: Key): void {
    const keys = this.#groups.get(group)
    if (keys === undefined) this.#groups.set(group, key)
    else if (typeof keys === 'number') {
      const both = new SortedKeys(this.#orderOf(keys), keys)
      both.add(order, key)
      this.#groups.set(group, both)
    } else keys.add(order, key)
  }

  #remove(group: string | number, order: number, key: Key): void {
    const keys = this.#groups.get(group)
    if (keys === key) this.#groups.delete(group)
    else if (typeof keys === 'object') {
      keys.delete(order, key)
      if (keys.size === 0) this.#groups.delete(group)
    }
  }

  #orderOf(key: Key): number {
    return this.#entryOf(this.#rows.get(key)!)?.order ?? key
  }
}

const none: readonly Key[] = []
