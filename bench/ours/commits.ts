import type { CommitsTask, Throughput } from '../peers/throughput.ts'
import { writeAt } from '../records.ts'
import { type Database, openDatabase } from './openDatabase.ts'

/** Commitbase: one event a commit, 64 in flight, each answered when it is durable. */
export async function measure(task: CommitsTask): Promise<Throughput> {
  const database = await openDatabase(task.folder)
  try {
    const next = numbers()
    await write(database, task, next, warmUp)
    const start = performance.now()
    const commits = await write(database, task, next, task)
    return { commits, milliseconds: performance.now() - start }
  } finally {
    await database.close()
  }
}

/** Not counted: what runs often is compiled first. */
const warmUp: Bound = { time: 2_000, most: 10_000 }

interface Bound {
  readonly time: number
  readonly most: number
}

/** Gives how many commits it made. */
async function write(
  database: Database,
  { size }: CommitsTask,
  next: () => number,
  { time, most }: Bound,
): Promise<number> {
  const end = performance.now() + time
  let begun = 0
  const lane = async () => {
    while (begun < most && performance.now() < end) {
      begun++
      await database.write(writeAt(size, next()))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return begun
}

const inFlight = 64

function numbers(): () => number {
  let number = 0
  return () => number++
}
