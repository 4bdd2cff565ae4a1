import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Outcome, WorkerData } from './worker.ts'

export interface FuzzOptions {
  /** A name of `targets`. */
  readonly target: string
  readonly seed: number
  /** 0: only the inputs that are kept. */
  readonly seconds: number
  /** Where inputs are kept, in a folder for each target. */
  readonly corpus?: string
}

export interface FuzzResult extends Outcome {
  /** The file in which the input that showed the defect is kept. */
  readonly kept?: string
}

/** Tries inputs on a target for so long. The first defect ends it, and its input is kept: from then on it is tried in every run. */
export async function fuzz({ target, seed, seconds, corpus = corpusFolder }: FuzzOptions): Promise<FuzzResult> {
  const folder = join(corpus, target)
  const shared = new SharedArrayBuffer(8 + largest)
  const data: WorkerData = { target, seed, milliseconds: seconds * 1_000, corpus: await filesIn(folder), shared }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 1_024 },
  })
  const outcome = await Promise.race([outcomeOf(worker, shared), untilItHangs(shared)])
  await worker.terminate()
  if (outcome.defect === undefined) return outcome
  return { ...outcome, kept: await keep(folder, inputIn(shared)) }
}

const corpusFolder = join(import.meta.dirname, 'corpus')

/** Bytes of an input that are kept. */
const largest = 1 << 20

/** Milliseconds for one input: a hundred times what any honest one takes, on a busy machine too. */
const longest = 60_000

function outcomeOf(worker: Worker, shared: SharedArrayBuffer): Promise<Outcome> {
  return new Promise((resolve) => {
    worker.once('message', resolve)
    worker.once('error', (error) => resolve({ inputs: countIn(shared), defect: `the thread ended: ${error.message}` }))
  })
}

async function untilItHangs(shared: SharedArrayBuffer): Promise<Outcome> {
  for (let last = -1; ; last = countIn(shared)) {
    await delay(longest, undefined, { ref: false })
    if (countIn(shared) === last) return { inputs: last, defect: `one input took more than ${longest / 1_000} s` }
  }
}

function countIn(shared: SharedArrayBuffer): number {
  return new Int32Array(shared, 0, 1)[0]!
}

function inputIn(shared: SharedArrayBuffer): Buffer {
  return Buffer.from(new Uint8Array(shared, 8, new Int32Array(shared, 4, 1)[0]!))
}

async function filesIn(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder).catch(() => [])
  return Promise.all(names.sort().map((name) => readFile(join(folder, name))))
}

async function keep(folder: string, input: Buffer): Promise<string> {
  const file = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16))
  await mkdir(folder, { recursive: true })
  await writeFile(file, input)
  return file
}
