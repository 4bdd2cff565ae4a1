import { setTimeout as delay } from 'node:timers/promises'
import { foldReceipts } from '../src/database/receipts/foldReceipts.ts'
import type { Receipt } from '../src/database/receipts/receipt.ts'
import { receiptsRef } from '../src/database/receipts/receipt.ts'
import { type Applied, applyEvent, type EventContext, type EventRequest } from '../src/events/applyEvent.ts'
import { eventSubmission } from '../src/events/eventSubmission.ts'
import { readInbox } from '../src/events/inboxRequest.ts'
import { type Delivery, deliver } from '../src/events/messages/deliver.ts'
import type { Publisher } from '../src/events/messages/message.ts'
import { commitbase } from '../src/git/objects/ownCommits.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import { SharedWriter } from '../src/git/shared/sharedWriter.ts'
import type { Task } from '../src/git/task.ts'
import { step } from '../src/step.ts'
import { attempts, type CatchUp, carryOn, catchUp } from './owed.ts'
import { readingAhead } from './readAhead.ts'

export interface Workplace {
  readonly repository: SharedRepository
  /** Among the writers of the repository; no other has ever had the same. */
  readonly holder: string
  readonly context: EventContext
  /** Where messages go; without it they stay owed. */
  readonly publisher?: Publisher
}

/** What became of the step's event and of the messages that are owed. */
export interface Outcome {
  readonly applied: Applied
  /** The event's own messages, and whether the engine has them. */
  readonly messages: readonly MessageState[]
  /** How many messages of earlier events were sent. */
  readonly resent: number
  /** Why messages stay owed. */
  readonly failure?: unknown
}

export type MessageState =
  | { readonly status: 'taken' | 'owed'; readonly message: Receipt['messages'][number] }
  | { readonly status: 'dead'; readonly message: Receipt['messages'][number]; readonly reason: string }

/**
 * One event through: sends what earlier runs owe, applies the event, pushes branch, receipts and cursor together, and sends
 * what it owes itself. A plain read (`reads`) pushes nothing and sends nothing.
 */
export async function applyRequest(request: EventRequest, workplace: Workplace, reads: boolean): Promise<Outcome> {
  const { repository, context, publisher } = workplace
  const owed = publisher && !reads ? await catchUp(repository, publisher, context.clock) : undefined
  step('action.resent')
  const applied = await land(request, workplace, reads, owed)
  step('action.landed')
  const own = await sendOwn(applied, workplace, owed)
  step('action.sent')
  return { applied, resent: countTaken(owed), ...own }
}

function land(request: EventRequest, workplace: Workplace, isRead: boolean, owed?: CatchUp): Promise<Applied> {
  const { repository, holder, context } = workplace
  const writer = new SharedWriter({
    repository,
    refs: [context.branch, receiptsRef],
    fold: foldReceipts(commitbase, context.clock),
    holder,
    read: readInbox(context),
    clock: context.clock,
    monotonic: () => performance.now(),
    delay: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
    random: Math.random,
  })
  return writer.submit(eventSubmission({ request, context, task: taskOf(request, workplace, owed), isRead }))
}

/** Applies the event; the cursor goes with the same push. Where another run drains the event the cursor stays, and the next run sends again what was sent. */
function taskOf(request: EventRequest, workplace: Workplace, owed?: CatchUp): Task<Applied> {
  const { repository, context } = workplace
  const apply = readingAhead(applyEvent(request, context), request, workplace)
  const carry = owed && carryOn(repository, owed)
  return async (workspace) => {
    const applied = await apply(workspace)
    if (applied.receipt && !applied.duplicate) await carry?.(workspace)
    return applied
  }
}

async function sendOwn({ receipt }: Applied, { publisher, context }: Workplace, owed?: CatchUp) {
  const messages = receipt?.messages ?? []
  if (!receipt || messages.length === 0) return { messages: [], failure: owed?.failure }
  if (!publisher || owed?.failure)
    return { messages: messages.map((message) => state('owed', message)), failure: owed?.failure }
  if (owed && receipt.seq <= owed.through) return { messages: messages.map((message) => sentBefore(message, owed)) }
  const deliveries: Delivery[] = []
  try {
    await deliver([receipt], {
      publisher,
      clock: context.clock,
      attempts,
      onDelivery: (delivery) => void deliveries.push(delivery),
    })
    return { messages: deliveries.map(stateOf) }
  } catch (failure) {
    const rest = messages.slice(deliveries.length).map((message) => state('owed', message))
    return { messages: [...deliveries.map(stateOf), ...rest], failure }
  }
}

/** A repeated event's message lies behind the cursor, or was sent just now with what was owed. */
function sentBefore(message: Receipt['messages'][number], { deliveries }: CatchUp): MessageState {
  const delivery = deliveries.find((delivery) => delivery.message.messageId === message.messageId)
  return delivery ? stateOf(delivery) : state('taken', message)
}

function stateOf(delivery: Delivery): MessageState {
  return delivery.status === 'dead'
    ? { status: 'dead', message: delivery.message, reason: delivery.reason }
    : state('taken', delivery.message)
}

function state(status: 'taken' | 'owed', message: Receipt['messages'][number]): MessageState {
  return { status, message }
}

function countTaken(owed?: CatchUp): number {
  return owed?.deliveries.filter(({ status }) => status === 'taken').length ?? 0
}
