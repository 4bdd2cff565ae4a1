import { type Key, placeOf } from '../key.ts'
import { SortedKeys } from './sortedKeys.ts'

/** Where a row stands in an index: in which group (a key, or a text), and (else by its key) in which order. */
export type IndexEntry = { group: string | Key; order?: number } | undefined

/**
 * The keys of a table's rows by group, each group's in order; as places (`placeOf`), and so are groups that are keys. A group of one, as most
 * are by far, is its key and nothing more: its order is asked of its row again when a second one comes.
 */
export class TableIndex<Row extends { key: Key }> {
  readonly #entryOf: (row: Row) => IndexEntry
  readonly #rows: ReadonlyMap<number, Row>
  readonly #groups = new Map<string | number, number | SortedKeys>()

  /** The rows by their keys' places. */
  constructor(entryOf: (row: Row) => IndexEntry, rows: ReadonlyMap<number, Row>) {
    this.#entryOf = entryOf
    this.#rows = rows
  }

  /** The places of the keys in ascending order; the table must not change while they are read. */
  places(group: string | Key): Iterable<number> {
    const places = this.#groups.get(nameOf(group))
    if (places === undefined) return none
    return typeof places === 'number' ? [places] : places
  }

  /** The rows in ascending order: mostly there is none, or one. */
  in(group: string | Key): Row[] {
    const places = this.#groups.get(nameOf(group))
    if (places === undefined) return []
    if (typeof places === 'number') return [this.#rows.get(places)!]
    return Array.from(places, (place) => this.#rows.get(place)!)
  }

  count(group: string | Key): number {
    const places = this.#groups.get(nameOf(group))
    return typeof places === 'number' ? 1 : (places?.size ?? 0)
  }

  firstOrder(group: string | Key): number | undefined {
    const places = this.#groups.get(nameOf(group))
    return typeof places === 'number' ? this.#orderAt(places) : places?.firstOrder()
  }

  /** A row takes the place of another, comes (`before` is none) or goes (`after` is none); `#rows` has `before`, or neither. */
  replace(before: Row | undefined, after: Row | undefined): void {
    const left = before && this.#entryOf(before)
    const entered = after && this.#entryOf(after)
    if (left?.group === entered?.group && left?.order === entered?.order) return
    if (left !== undefined) this.#remove(nameOf(left.group), left.order ?? before!.key, placeOf(before!.key))
    if (entered !== undefined) this.#insert(nameOf(entered.group), entered.order ?? after!.key, placeOf(after!.key))
  }

  #insert(name: string | number, order: number, place: number): void {
    const places = this.#groups.get(name)
    if (places === undefined) this.#groups.set(name, place)
    else if (typeof places === 'number') {
      const both = new SortedKeys(this.#orderAt(places), places)
      both.add(order, place)
      this.#groups.set(name, both)
    } else places.add(order, place)
  }

  #remove(name: string | number, order: number, place: number): void {
    const places = this.#groups.get(name)
    if (places === place) this.#groups.delete(name)
    else if (typeof places === 'object') {
      places.delete(order, place)
      if (places.size === 0) this.#groups.delete(name)
    }
  }

  #orderAt(place: number): number {
    const row = this.#rows.get(place)!
    return this.#entryOf(row)?.order ?? row.key
  }
}

function nameOf(group: string | Key): string | number {
  return typeof group === 'number' ? placeOf(group) : group
}

const none: readonly number[] = []
