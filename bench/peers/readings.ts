import { type Cell, cellOf } from '../report/cell.ts'
import { medianOf } from '../report/medianOf.ts'

/** What every way of reading is given. */
export interface ReadTask {
  /** The repository, or the work tree. */
  readonly folder: string
  readonly size: number
  /** Milliseconds for each of the four. */
  readonly time: number
}

/** The four things that are read; `undefined`: there is no such thing here. */
export interface Reads {
  readonly get: (place: number) => Promise<unknown>
  /** By the field that Commitbase has an index on. */
  readonly findIndexed?: (place: number) => Promise<readonly unknown[]>
  readonly find: (row: string) => Promise<readonly unknown[]>
  readonly count: () => Promise<number>
}

/** The median of each in milliseconds, after the first few where there are more. Throws where an answer is wrong. */
export async function measureReads({ size, time }: ReadTask, reads: Reads, isOurs: boolean): Promise<Cell[]> {
  const { get, findIndexed, find, count } = reads
  const row = (number: number) => `R${number % 40}`
  const expect = (found: number, wanted: number) => {
    if (found !== wanted) throw new Error(`${found} records were found, and there are ${wanted}`)
  }
  const one = async (records: readonly unknown[]) => expect(records.length, 1)
  return [
    await cellOf(isOurs, () => median(time, async (number) => expect((await get(number % size)) ? 1 : 0, 1))),
    findIndexed
      ? await cellOf(isOurs, () => median(time, async (number) => one(await findIndexed(number % size))))
      : { reason: 'it has no indexes' },
    await cellOf(isOurs, () => median(time, async (number) => expect((await find(row(number))).length, size / 40))),
    await cellOf(isOurs, () => median(time, async () => expect(await count(), size))),
  ]
}

async function median(time: number, read: (number: number) => Promise<void>): Promise<Cell> {
  const end = performance.now() + time
  const times: number[] = []
  const isEnough = (now: number) => now >= end && (times.length >= enough || now >= end + time)
  for (let start = performance.now(); !isEnough(start); start = performance.now()) {
    await read(times.length * spread)
    times.push(performance.now() - start)
  }
  // The first ones warm up; who is so slow that there are no others is not asked again.
  const warm = times.length > 3 ? times.slice(3) : times.slice(-1)
  return medianOf(warm)
}

/** So many are worth as much time again. */
const enough = 12
/** A prime, so that neighbours are not read one after the other. */
const spread = 104_729
