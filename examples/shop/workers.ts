import type { Job, Outcome } from '../../src/zeebe/job.ts'

/** Sends an event to the database and waits for what became of it. A repeat with the same `event_id` gives the first answer. */
export type Send = (eventType: string, payload: Payload) => Promise<Answer>

export type Payload = Readonly<Record<string, unknown>>

/** The part of a receipt that a worker goes by. */
export interface Answer {
  readonly status: 'done' | 'refused' | 'failed'
  readonly result?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

/** What a task gets besides its job. */
export interface TaskContext {
  readonly send: Send
  /** Who the engine is: another engine's jobs may have the same keys. */
  readonly engineId: string
}

type Task = (job: Job, complete: unknown, context: TaskContext) => Promise<Outcome> | Outcome

const send: Task = (job, _, context) => sendEvent(job, context)

/**
 * The shop's workers by job type; the Action's `startWorkers` takes them from here, so nothing but types is imported. What a job
 * asks of the service that its type names is in the task's header `event_type`, with the variable `payload`.
 */
export const tasks: Readonly<Record<string, Task>> = {
  customer: send,
  inventory: send,
  payment: send,
  shipping: send,
  'raise-incident': (job) => raiseIncident(job),
}

/** Completes the job with the handler's `result`. The event's id is made of the engine's and the job's: a job that comes again asks for the same event. */
export async function sendEvent(job: Job, { send, engineId }: TaskContext): Promise<Outcome> {
  const eventType = job.customHeaders.event_type
  if (!eventType) return { type: 'fail', retries: 0, message: `the task ${job.elementId} has no header event_type` }
  const payload = { ...(job.variables.payload as Payload | undefined), event_id: `${engineId}-${job.key}` }
  try {
    return outcomeOf(await send(eventType, payload), eventType)
  } catch (error) {
    return {
      type: 'fail',
      message: `${eventType} was not sent: ${error instanceof Error ? error.message : error}`,
      backOff,
    }
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
