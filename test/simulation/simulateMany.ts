import { Worker } from 'node:worker_threads'
import type { Simulated, Tally } from './simulate.ts'

export interface ManyOptions {
  readonly from: number
  readonly seeds: number
  readonly workers: number
  /** Ends with the first seed that shows something. */
  readonly untilFound?: boolean
}

export interface Many {
  readonly seeds: number
  readonly tally: Tally
  readonly failed: readonly Simulated[]
}

/** What a worker is asked for: seeds one after the other, each so far from the last one. */
export interface Share {
  readonly from: number
  readonly seeds: number
  readonly every: number
}

/** Seeds from that number on, in that many threads. */
export async function simulateMany({ from, seeds, workers, untilFound }: ManyOptions): Promise<Many> {
  const tally: Record<string, number> = {}
  const failed: Simulated[] = []
  let done = 0
  const add = (simulated: Simulated) => {
    done++
    for (const [what, count] of Object.entries(simulated.tally)) tally[what] = (tally[what] ?? 0) + count
    if (simulated.findings.length > 0) failed.push(simulated)
    return untilFound !== true || failed.length === 0
  }
  const shares = Array.from({ length: workers }, (_, index) => ({
    from: from + index,
    seeds: Math.ceil((seeds - index) / workers),
    every: workers,
  }))
  await Promise.all(shares.map((share) => runShare(share, add)))
  return { seeds: done, tally, failed: failed.sort((one, other) => one.seed - other.seed) }
}

function runShare(share: Share, add: (simulated: Simulated) => boolean): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share })
  return new Promise((resolve, reject) => {
    worker.on('message', (some: readonly Simulated[]) => {
      if (!some.every(add)) worker.terminate().then(() => resolve(), reject)
    })
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
}
