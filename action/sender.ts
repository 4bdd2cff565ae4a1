import type { Receipt } from '../src/database/receipts/receipt.ts'
import { CommitbaseError } from '../src/errors.ts'
import { defaultSource, eventFromDispatch } from '../src/events/dispatch.ts'
import { applyRequest, type Workplace } from './applyRequest.ts'
import { handlersAt } from './handlersAt.ts'
import { openRepository } from './inRepository.ts'
import type { Step } from './step.ts'
import { openWorkplace } from './workplace.ts'

/** Has an event handled, and gives its receipt. An `event_id` in the payload makes a repeat give the first one's. */
export type Send = (eventType: string, payload: Readonly<Record<string, unknown>>) => Promise<Receipt>

export interface Sender {
  readonly send: Send
  close(): Promise<void>
}

/** A sender over the handlers that the input names; without them it refuses to send. */
export async function openSender(path: string, step: Step): Promise<Sender> {
  if (!path) return { send: refuse, close: async () => {} }
  const handlers = await handlersAt(path, step.run)
  const repository = await openRepository(step)
  const options = { repository, writes: 'startWorkers with handlers', handlers }
  const { workplace, close } = await openWorkplace(step, options).catch(async (error) => {
    await repository.close()
    throw error
  })
  let last: Promise<unknown> = Promise.resolve()
  const send: Send = (eventType, payload) => {
    // One after the other: at once they would only lose races for the push against each other.
    const next = last.then(() => apply(eventType, payload, workplace, step))
    last = next.catch(() => {})
    return next
  }
  return {
    send,
    close: async () => {
      await last
      await close()
      await repository.close()
    },
  }
}

async function apply(
  eventType: string,
  payload: Readonly<Record<string, unknown>>,
  workplace: Workplace,
  { run }: Step,
): Promise<Receipt> {
  const { clock, newId } = workplace.context
  const defaults = { newId, source: defaultSource(run.repository), time: new Date(clock()).toISOString() }
  const event = eventFromDispatch({ eventType, payload }, defaults)
  const { applied } = await applyRequest({ event }, workplace, false)
  return applied.receipt!
}

async function refuse(): Promise<never> {
  throw new CommitbaseError(
    'invalid',
    "a task that sends events needs the input 'handlers': the file or folder of their handlers",
  )
}
