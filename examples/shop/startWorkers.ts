import type { Engine } from '../../src/zeebe/connect.ts'
import { identityOf } from '../../src/zeebe/identity.ts'
import { startWorker, type WorkerOptions } from '../../src/zeebe/workers.ts'
import { type Send, tasks } from './workers.ts'

export interface ShopWorkersOptions {
  readonly engine: Engine
  readonly send: Send
  readonly onOutcome?: WorkerOptions['onOutcome']
}

/** Starts all workers of the shop but the HTTP worker. Throws `unavailable` where the engine is away: who it is goes into the events' ids. */
export async function startShopWorkers({
  engine,
  send,
  onOutcome,
}: ShopWorkersOptions): Promise<{ stop(): Promise<void> }> {
  const context = { send, engineId: await identityOf(engine) }
  const workers = Object.entries(tasks).map(([type, task]) =>
    startWorker({ engine, type, handle: (job) => task(job, undefined, context), onOutcome }),
  )
  return { stop: async () => void (await Promise.all(workers.map((worker) => worker.stop()))) }
}
