import { messageOf } from '../../src/errors.ts'
import type { Engine } from '../../src/zeebe/connect.ts'
import { identityOf } from '../../src/zeebe/identity.ts'
import type { Job, Outcome } from '../../src/zeebe/job.ts'
import { startWorker, type WorkerOptions } from '../../src/zeebe/workers.ts'

/** Sends an event to the database and waits for what became of it. A repeat with the same `event_id` gives the first answer. */
export type Send = (eventType: string, payload: Payload, signal?: AbortSignal) => Promise<Answer>

export type Payload = Readonly<Record<string, unknown>>

/** The part of a receipt that a worker goes by. */
export interface Answer {
  readonly status: 'done' | 'refused' | 'failed'
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

export interface ShopWorkersOptions {
  readonly engine: Engine
  readonly send: Send
  readonly onOutcome?: WorkerOptions['onOutcome']
}

/** Starts the workers that `order-fulfilment-grpc` needs. Throws `unavailable` where the engine is away: who it is goes into the events' ids. */
export async function startShopWorkers({
  engine,
  send,
  onOutcome,
}: ShopWorkersOptions): Promise<{ stop(): Promise<void> }> {
  const engineId = await identityOf(engine)
  const handle = (job: Job, signal: AbortSignal) => sendEvent(job, engineId, send, signal)
  const workers = sendingTypes.map((type) => startWorker({ engine, type, handle, onOutcome }))
  return { stop: async () => void (await Promise.all(workers.map((worker) => worker.stop()))) }
}

/** Starts the worker of *Raise incident*, which every order with a timer needs. */
export function startIncidentWorker({ engine, onOutcome }: Omit<ShopWorkersOptions, 'send'>): {
  stop(): Promise<void>
} {
  return startWorker({ engine, type: 'raise-incident', handle: raiseIncident, onOutcome })
}

/** The job types of the four services; what a job asks of its service is the task's header `event_type`, with the variable `payload`. */
export const sendingTypes = ['customer', 'inventory', 'payment', 'shipping'] as const

/** Completes the job with the handler's `result`. The event's id is made of the engine's and the job's: a job that comes again asks for the same event. */
export async function sendEvent(job: Job, engineId: string, send: Send, signal?: AbortSignal): Promise<Outcome> {
  const eventType = job.customHeaders.event_type
  if (!eventType) return { type: 'fail', retries: 0, message: `the task ${job.elementId} has no header event_type` }
  const payload = { ...(job.variables.payload as Payload | undefined), event_id: `${engineId}-${job.key}` }
  try {
    return outcomeOf(await send(eventType, payload, signal), eventType)
  } catch (error) {
    return { type: 'fail', message: `${eventType} was not sent: ${messageOf(error)}`, backOff }
  }
}

/**
 * The first time the job fails for good, which raises the incident, and notes that in the task's own scope: in one call, so that
 * no crash comes between. It comes again when an operator has resolved the incident, and completes.
 */
export function raiseIncident(job: Job): Outcome {
  if (job.variables.incidentRaised === true) return { type: 'complete' }
  const order = job.variables.order as { _id?: string } | undefined
  const message = `order '${order?._id ?? job.processInstanceKey}' is late: see what it waits for, then resolve this incident (its job is ${job.key})`
  return { type: 'fail', retries: 0, message, variables: { incidentRaised: true } }
}

/** Milliseconds before a job comes again whose event failed. */
const backOff = 1_000

function outcomeOf({ status, result, error }: Answer, eventType: string): Outcome {
  const message = `${eventType} was ${status}: ${error?.message ?? 'no reason was given'}`
  switch (status) {
    case 'done':
      return { type: 'complete', variables: { result } }
    case 'refused':
      return { type: 'fail', retries: 0, message }
    case 'failed':
      return { type: 'fail', message, backOff }
    default:
      return status satisfies never
  }
}
