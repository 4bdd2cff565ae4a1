import { writeAt } from '../records.ts'
import { percentile } from '../report/percentile.ts'
import { openDatabase } from './openDatabase.ts'
import { openLoop } from './openLoop.ts'

export interface LatencyTask {
  readonly folder: string
  readonly size: number
  readonly seconds: number
  /** Writes a second; nothing: one after the other. */
  readonly rate?: number
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly count: number
}

/** From the moment that a write is due to the moment that it is durable, in one process. */
export async function measure({ folder, size, seconds, rate }: LatencyTask): Promise<Latency> {
  const database = await openDatabase(folder)
  try {
    const write = (number: number) => database.write(writeAt(size, number))
    const done = warmUp.rate * warmUp.seconds
    await openLoop(warmUp.rate, warmUp.seconds, write)
    const times = rate
      ? await openLoop(rate, seconds, (number) => write(done + number))
      : await alone(write, done, seconds)
    return latencyOf(times)
  } finally {
    await database.close()
  }
}

/** Not counted: V8 compiles all that runs once a write after some 9,000 of them, which takes half a second of both cores. */
const warmUp = { rate: 4_000, seconds: 4 }

async function alone(write: (number: number) => Promise<unknown>, done: number, seconds: number): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  for (let start = performance.now(); start < end; start = performance.now()) {
    await write(done + times.length)
    times.push(performance.now() - start)
  }
  return times
}

export function latencyOf(times: readonly number[]): Latency {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), count: times.length }
}
