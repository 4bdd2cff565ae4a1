import { execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { npmStart } from './npmStart.ts'

export interface ApartOptions {
  /** Milliseconds until it is ended and counts as too slow. */
  readonly limit: number
}

/**
 * Runs `measure(argument)` of a module in a process of its own, so that no measurement has the memory, the compiled code or the
 * timers of another, nor the disk busy with what was made for it. It is started as `npm start` does it, ours and the peers'. Throws what
 * it throws, and `TooSlow` after the limit.
 */
export async function runApart<Result>(module: URL, argument: object, { limit }: ApartOptions): Promise<Result> {
  await promisify(execFile)('sync')
  const worker = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const env = { ...process.env, ...npmStart.environment }
  const child = fork(worker, [module.href], { serialization: 'advanced', execArgv: [...npmStart.execArgv], env })
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new TooSlow(limit))
  }, limit)
  child.once('message', (answer: Answer<Result>) => {
    if ('error' in answer) reject(new Error(answer.error))
    else resolve(answer.result)
  })
  child.once('error', reject)
  child.once('close', (status, signal) => reject(new Error(`its process ended with ${signal ?? status}`)))
  child.send(argument)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

export type Answer<Result> = { readonly result: Result } | { readonly error: string }

class TooSlow extends Error {
  constructor(limit: number) {
    super(`not done after ${limit / 1000} s`)
  }
}
