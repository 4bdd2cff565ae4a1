/** What every way of writing is given: a repository folder of its own, the table's size, and how long it may take. */
export interface CommitsTask {
  readonly folder: string
  readonly size: number
  /** Milliseconds after which no commit is begun. */
  readonly time: number
  /** Commits after which it ends before that. */
  readonly most: number
}

export interface Throughput {
  readonly commits: number
  readonly milliseconds: number
}

/** Writes one after the other until the time is over, twenty at least. Whoever is slow before the first write begins to count after it. */
export async function writeInTurn(
  { time, most }: CommitsTask,
  write: (number: number) => Promise<void>,
): Promise<Throughput> {
  await write(0)
  const start = performance.now()
  for (let number = 1; ; number++) {
    await write(number)
    const milliseconds = performance.now() - start
    const isOver = milliseconds >= time && (number >= least || milliseconds >= time * 2)
    if (isOver || number >= most) return { commits: number, milliseconds }
  }
}

const least = 20
