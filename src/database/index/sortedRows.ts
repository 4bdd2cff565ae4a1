/** Something to put into a sorted table of the index file. */
export interface SortedRow {
  /** Sorts as the table does: `order`, then `id`. */
  readonly order: string
  readonly id: string
}

/** So many rows are sorted at once: some milliseconds. */
const together = 8_000

/** Rows as they come, given back in order. Each part of the work is short. */
export class SortedRows<Row extends SortedRow> {
  readonly #runs: Row[][] = []
  #last: Row[] = []

  add(row: Row): void {
    this.#last.push(row)
    if (this.#last.length >= together) this.#endRun()
  }

  /** All that were added, in order; then it is empty. */
  *take(): Generator<Row> {
    this.#endRun()
    const heads = this.#runs.splice(0).map((rows) => ({ rows, at: 0 }))
    for (let place = heads.length >> 1; place >= 0; place--) sink(heads, place)
    while (heads.length > 0) {
      const [least] = heads
      yield least!.rows[least!.at++]!
      if (least!.at === least!.rows.length) {
        const last = heads.pop()!
        if (heads.length === 0) return
        if (last !== least) heads[0] = last
      }
      sink(heads, 0)
    }
  }

  #endRun(): void {
    if (this.#last.length === 0) return
    this.#runs.push(this.#last.sort(compare))
    this.#last = []
  }
}

/** What is left of a run. */
interface Head<Row> {
  readonly rows: readonly Row[]
  at: number
}

/** Brings a head to its place in a binary heap whose first one is the least. */
function sink<Row extends SortedRow>(heap: Head<Row>[], place: number): void {
  for (let at = place; ; ) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if (compare(next(heap[child]!), next(heap[least]!)) < 0) least = child
    }
    if (least === at) return
    const head = heap[at]!
    heap[at] = heap[least]!
    heap[least] = head
    at = least
  }
}

function next<Row>({ rows, at }: Head<Row>): Row {
  return rows[at]!
}

function compare(one: SortedRow, other: SortedRow): number {
  if (one.order !== other.order) return one.order < other.order ? -1 : 1
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}
