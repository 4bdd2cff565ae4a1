import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../../src/zeebe/connect.ts'
import { type Deployment, deploy } from '../../src/zeebe/deploy.ts'
import type { Job, Outcome } from '../../src/zeebe/job.ts'
import { startShopWorkers } from './startWorkers.ts'
import type { Send } from './workers.ts'

/** The shop on an engine: its models deployed, its gRPC workers at work. The HTTP worker is not the shop's. */
export interface Shop {
  readonly deployment: Deployment
  /** Resolves when *Raise incident* has raised one for the order. */
  incidentRaised(orderId: string): Promise<void>
  stop(): Promise<void>
}

export async function openShop(engine: Engine, send: Send): Promise<Shop> {
  const deployment = await deploy(engine, await models())
  const orders = new Map<string, PromiseWithResolvers<void>>()
  const entryOf = (orderId: string) => {
    const entry = orders.get(orderId) ?? Promise.withResolvers<void>()
    orders.set(orderId, entry)
    return entry
  }
  const hear = (job: Job, outcome: Outcome, answer: string) => {
    const order = job.variables.order as { _id?: string } | undefined
    const isRaised = job.type === 'raise-incident' && outcome.type === 'fail' && answer === 'answered'
    if (isRaised && order?._id) entryOf(order._id).resolve()
  }
  const workers = await startShopWorkers({ engine, send, onOutcome: hear })
  return { deployment, incidentRaised: (orderId) => entryOf(orderId).promise, stop: () => workers.stop() }
}

/** Every model of `bpmn/`. */
async function models(): Promise<string[]> {
  const folder = join(import.meta.dirname, '..', '..', 'bpmn')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bpmn'))
  return names.sort().map((name) => join(folder, name))
}
