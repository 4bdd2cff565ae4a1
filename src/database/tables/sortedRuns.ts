/** Which of two comes first, as `Array.prototype.sort` asks. */
export type Compare<Item> = (one: Item, other: Item) => number

/** So many are sorted at once: some milliseconds. */
const together = 8_000

/** Items as they come, given back in order; equal ones in any. Each part of the work is short. */
export class SortedRuns<Item> {
  readonly #compare: Compare<Item>
  readonly #runs: Item[][] = []
  #last: Item[] = []

  constructor(compare: Compare<Item>) {
    this.#compare = compare
  }

  add(item: Item): void {
    this.#last.push(item)
    if (this.#last.length >= together) this.#endRun()
  }

  /** All that were added, in order; then it is empty. */
  *take(): Generator<Item> {
    this.#endRun()
    const heads = this.#runs.splice(0).map((items) => ({ items, at: 0 }))
    for (let place = heads.length >> 1; place >= 0; place--) this.#sink(heads, place)
    while (heads.length > 0) {
      const [least] = heads
      yield least!.items[least!.at++]!
      if (least!.at === least!.items.length) {
        const last = heads.pop()!
        if (heads.length === 0) return
        if (last !== least) heads[0] = last
      }
      this.#sink(heads, 0)
    }
  }

  #endRun(): void {
    if (this.#last.length === 0) return
    this.#runs.push(this.#last.sort(this.#compare))
    this.#last = []
  }

  /** Brings a head to its place in a binary heap whose first one is the least. */
  #sink(heap: Head<Item>[], place: number): void {
    for (let at = place; ; ) {
      let least = at
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
        if (this.#compare(next(heap[child]!), next(heap[least]!)) < 0) least = child
      }
      if (least === at) return
      const head = heap[at]!
      heap[at] = heap[least]!
      heap[least] = head
      at = least
    }
  }
}

/** What is left of a run. */
interface Head<Item> {
  readonly items: readonly Item[]
  at: number
}

function next<Item>({ items, at }: Head<Item>): Item {
  return items[at]!
}
