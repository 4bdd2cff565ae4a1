import { readFile } from 'node:fs/promises'
import { parseJson } from '../src/database/json/json.ts'
import { CommitbaseError, codeOf } from '../src/errors.ts'
import { defaultSource, eventFromDispatch } from '../src/events/dispatch.ts'
import type { Event } from '../src/events/event.ts'
import { readJson } from '../src/readJson.ts'
import { operationEventId, runEventId, type StepIdentity } from './eventId.ts'
import type { Inputs } from './inputs.ts'
import type { Run } from './run.ts'

/** The event of this step. `fault` is what is wrong with it: nothing runs, and its receipt says so. */
export interface StepEvent {
  readonly event: Event
  readonly fault?: CommitbaseError
}

/**
 * The event that the step's handlers get: the `repository_dispatch` that started the run. Throws `invalid` where something
 * else started it.
 */
export async function readDispatch(run: Run, inputs: Inputs, time: string): Promise<StepEvent> {
  const { body, fault } = await readEventFile(run)
  if (!isDispatch(run, body)) {
    const came = run.eventName || 'no event'
    throw new CommitbaseError(
      'invalid',
      `input 'handlers' needs a run that a repository_dispatch started; got ${came}. Start the workflow 'on: repository_dispatch', or give the input 'operation'`,
    )
  }
  return eventFrom(run, body, { id: runEventId(identityOf(run, inputs)), time }, fault)
}

/** The event that carries the step's operation; whatever started the run. Only the attributes of a dispatch are of interest. */
export async function readOperationEvent(run: Run, inputs: Inputs, time: string): Promise<StepEvent> {
  const { body } = await readEventFile(run)
  const identity = identityOf(run, inputs)
  const found = eventFrom(run, isDispatch(run, body) ? body : {}, { id: runEventId(identity), time })
  if (found.event.data.event_id === undefined) return found
  return { ...found, event: { ...found.event, id: operationEventId(found.event.id, identity) } }
}

function eventFrom(
  run: Run,
  body: Body,
  { id, time }: { id: string; time: string },
  fault?: CommitbaseError,
): StepEvent {
  const eventType = body.action ?? (run.eventName || 'run')
  const defaults = { newId: () => id, source: defaultSource(run.repository), time }
  try {
    const event = eventFromDispatch({ eventType, payload: body.client_payload ?? {} }, defaults)
    return { event: fault ? { ...event, data: {} } : event, fault }
  } catch (error) {
    if (codeOf(error) !== 'invalid') throw error
    return { event: eventFromDispatch({ eventType, payload: {} }, defaults), fault: error as CommitbaseError }
  }
}

function identityOf(run: Run, inputs: Inputs): StepIdentity {
  // Outside a run nothing can be repeated, so nothing may look like a repeat.
  const runId = run.runId || crypto.randomUUID()
  return { runId, job: run.job, jobIndex: inputs.jobIndex, step: run.step, inputs: inputs.given }
}

interface Body {
  readonly action?: string
  readonly client_payload?: Readonly<Record<string, unknown>> | null
}

/** The file that GitHub writes for a run. What only our rules refuse in it (a number that is too long) is a fault of the event. */
async function readEventFile({ eventPath }: Run): Promise<{ body: Body; fault?: CommitbaseError }> {
  if (!eventPath) return { body: {} }
  const text = await readFile(eventPath).catch((error) => {
    throw new CommitbaseError('invalid', `GITHUB_EVENT_PATH: ${eventPath} cannot be read`, { cause: error })
  })
  try {
    return { body: bodyOf(parseJson(text, "the run's event")) }
  } catch (error) {
    if (codeOf(error) !== 'invalid') throw error
    return { body: parsedLeniently(text, error as CommitbaseError), fault: error as CommitbaseError }
  }
}

function parsedLeniently(text: Buffer, fault: CommitbaseError): Body {
  try {
    return bodyOf(readJson(text.toString('utf8')))
  } catch {
    throw fault
  }
}

function bodyOf(value: unknown): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const { action, client_payload } = value as Record<string, unknown>
  return {
    action: typeof action === 'string' ? action : undefined,
    client_payload:
      typeof client_payload === 'object' && !Array.isArray(client_payload)
        ? (client_payload as Body['client_payload'])
        : undefined,
  }
}

function isDispatch({ eventName }: Run, body: Body): boolean {
  return (
    body.action !== undefined &&
    (eventName === 'repository_dispatch' || (!eventName && body.client_payload !== undefined))
  )
}
