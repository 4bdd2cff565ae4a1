/** The thread in which a target runs: whoever watches it can read the input that it is at, and end it where it hangs. */
import { parentPort, workerData } from 'node:worker_threads'
import { seeded } from '../../src/git/testing/seeded.ts'
import { mutate } from './mutate.ts'
import type { Target } from './target.ts'
import { planted } from './targets/planted.ts'
import { targets } from './targets.ts'

export interface WorkerData {
  readonly target: string
  readonly seed: number
  /** Milliseconds; 0: only the inputs that are kept. */
  readonly milliseconds: number
  readonly corpus: readonly Uint8Array[]
  /** The number of inputs so far, the length of the one that is tried, and its bytes from the ninth on. */
  readonly shared: SharedArrayBuffer
}

/** What a run came to: how many inputs, and the defect that ended it. */
export interface Outcome {
  readonly inputs: number
  readonly defect?: string
}

const { target, seed, milliseconds, corpus, shared } = workerData as WorkerData
const counts = new Int32Array(shared, 0, 2)
const bytes = new Uint8Array(shared, 8)

parentPort!.postMessage(await fuzz(target === 'planted' ? planted : targets[target]!))

async function fuzz(target: Target): Promise<Outcome> {
  const known = [...target.seeds(), ...corpus.map((input) => Buffer.from(input))]
  const random = seeded(seed)
  try {
    for (const input of known) await attempt(target, input)
    const end = performance.now() + milliseconds
    while (performance.now() < end) await attempt(target, mutate(random, known, target.words))
  } catch (error) {
    return { inputs: counts[0]!, defect: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  return { inputs: counts[0]! }
}

async function attempt(target: Target, input: Buffer): Promise<void> {
  bytes.set(input.subarray(0, bytes.length))
  counts[1] = Math.min(input.length, bytes.length)
  counts[0]! += 1
  await target.run(input)
}
