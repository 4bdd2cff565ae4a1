/** Counts by labels, without prom-client's price for each: a count is a map's entry. */
export class Tally {
  readonly labels: readonly string[]
  readonly #counts = new Map<string, number>()

  constructor(labels: readonly string[]) {
    this.labels = labels
  }

  add(first: string, second = '', third = '', count = 1): void {
    const key = `${first}\0${second}\0${third}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
  }

  *counts(): IterableIterator<[labels: Record<string, string>, count: number]> {
    for (const [key, count] of this.#counts) {
      const values = key.split('\0')
      yield [Object.fromEntries(this.labels.map((label, index) => [label, values[index]!])), count]
    }
  }
}
