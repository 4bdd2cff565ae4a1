import { setTimeout as delay } from 'node:timers/promises'
import { isoTime } from '../database/json/isoTime.ts'
import { asJson, copyJson } from '../database/json/json.ts'
import { runOperation, writes } from '../database/operations/operations.ts'
import { eventKey } from '../database/receipts/eventKey.ts'
import type { Receipt, ReceiptEvent } from '../database/receipts/receipt.ts'
import { receiptsIn } from '../database/receipts/receipts.ts'
import { type CommitFollower, type Committed, commitTransaction } from '../database/transactions/apply.ts'
import type { Trailer } from '../database/transactions/trailers.ts'
import type { DatabaseTransaction } from '../database/transactions/transaction.ts'
import { createTransaction } from '../database/transactions/treeTransaction.ts'
import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import type { Oid } from '../git/objects/object.ts'
import type { Task } from '../git/task.ts'
import type { Workspace } from '../git/workspace.ts'
import type { Event } from './event.ts'
import { Deadline, DeadlineExceeded, GivenUp } from './handlers/deadline.ts'
import type { HandlerSet, LoadedHandler } from './handlers/handler.ts'
import type { NextTurn } from './handlers/shareRounds.ts'
import { runGuarded } from './handlers/strayErrors.ts'
import { openTransaction } from './handlers/transaction.ts'
import { type EventIdentity, identityOf, refuseOtherContent } from './identity.ts'
import { failureMessages } from './messages/failureMessages.ts'
import type { Message } from './messages/message.ts'
import { isSurelyNew } from './newEvents.ts'

/** An event, to be handled by the handler of its type or, where it carries one, by its operation. */
export interface EventRequest {
  readonly event: Event
  /** The hub's door has made it and hands it on; others need not. */
  readonly identity?: EventIdentity
  readonly operation?: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> }
  /** What its door found wrong with it: nothing runs, and the receipt says so. */
  readonly fault?: CommitbaseError
}

export interface EventContext {
  /** The branch that records are committed to, such as `refs/heads/main`. */
  readonly branch: string
  /** The folder of the database, such as `db`. */
  readonly basedir: string
  readonly handlers?: HandlerSet
  /** The indexes of the branch's records, where there are any. */
  readonly index?: CommitFollower
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** A new record's id: a UUIDv7. */
  readonly newId: () => string
  /** Parts one handler from the next (default: a round of the event loop). */
  readonly nextTurn?: NextTurn
  /** Nothing is evaluated any more: `unavailable`, without a receipt. */
  readonly signal?: AbortSignal
}

/** What became of an event. `receipt` is missing after a plain read, which leaves none. */
export interface Applied {
  readonly event: Event
  readonly receipt?: Receipt
  readonly result: unknown
  readonly error?: Receipt['error']
  readonly commit?: Oid
  readonly subject?: string
  /** It had been applied before: the receipt is the first one's. */
  readonly duplicate: boolean
}

/**
 * The write of one event: its handler or operation on the workspace's head, one commit where something changed, one receipt.
 * What it throws ends in the receipt. Only the same id with other content rejects, with `conflict`, and what is given up.
 */
export function applyEvent(request: EventRequest, context: EventContext): Task<Applied> {
  const { event } = request
  // A task may run again. Where it is made nobody waits for what it throws.
  let identified: Identified | undefined
  return async (workspace) => {
    identified ??= identify(request)
    const { key, digest } = identified.identity
    const receipts = receiptsIn(workspace)
    const earlier = isSurelyNew(event) ? undefined : await receipts.find(key)
    if (earlier) refuseOtherContent(event, earlier.digest, digest)
    if (earlier && earlier.status !== 'failed') return appliedFrom(event, earlier, true)
    if (context.signal?.aborted) throw new GivenUp()
    const outcome = await evaluate(identified, workspace, context)
    if (!leavesReceipt(request, outcome)) return { event, result: outcome.result, duplicate: false }
    const time = isoTime(context.clock())
    const receiptAt = (seq: number) => receiptOf(request, { seq, digest, time }, outcome)
    const receipt = await receipts.append(receiptAt, { key, earlier })
    return applied(event, receipt, outcome, false)
  }
}

/** The event's receipt, as the workspace has it. Throws `conflict` where the event came with other content. */
export async function findApplied(request: EventRequest, workspace: Workspace): Promise<Receipt | undefined> {
  const { key, digest } = identify(request).identity
  const earlier = await receiptsIn(workspace).find(key)
  if (earlier) refuseOtherContent(request.event, earlier.digest, digest)
  return earlier
}

/** What a receipt says of its event. */
export function appliedFrom(event: Event, receipt: Receipt, duplicate: boolean): Applied {
  return applied(event, receipt, receipt, duplicate)
}

function applied(event: Event, receipt: Receipt, outcome: Outcome | Receipt, duplicate: boolean): Applied {
  const { result, error, commit } = outcome
  const applied: Writable<Applied> = { event, receipt, result, duplicate }
  if (error) applied.error = error
  if (commit) applied.commit = commit
  if ('subject' in outcome) applied.subject = outcome.subject
  return applied
}

/** What was evaluated: the end of it, whichever it was. */
interface Outcome {
  readonly status: Receipt['status']
  readonly result?: unknown
  readonly error?: Receipt['error']
  readonly messages: readonly Message[]
  readonly commit?: Oid
  readonly subject?: string
}

async function evaluate(request: Identified, workspace: Workspace, context: EventContext): Promise<Outcome> {
  const before = workspace.checkpoint()
  try {
    if (request.fault) throw request.fault
    if (request.operation) return await runOperationOf(request, workspace, context)
    return await runHandler(request, handlerOf(request.event, context), workspace, context)
  } catch (error) {
    workspace.restore(before)
    if (error instanceof GivenUp) throw error
    return failure(error, request.event)
  }
}

async function runOperationOf(request: EventRequest, workspace: Workspace, context: EventContext): Promise<Outcome> {
  const { name, parameters } = request.operation!
  const database = databaseOn(request.event, workspace, context)
  const result = await runOperation(name, parameters, database)
  return { status: 'done', result, messages: [], ...(await commit(request, database, workspace, context)) }
}

/** Runs the handler until it succeeds, refuses, or its retries are used up. Each run begins with nothing written. */
async function runHandler(
  request: Identified,
  handler: LoadedHandler,
  workspace: Workspace,
  context: EventContext,
): Promise<Outcome> {
  const { retries, backOff } = handler.settings
  for (let attempt = 0; ; attempt++) {
    try {
      return await runOnce(request, handler, workspace, context)
    } catch (error) {
      if (isFinal(error) || error instanceof DeadlineExceeded || attempt >= retries) throw error
      await pause(Math.min(backOff * 2 ** attempt, longestPause), context.signal)
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw new GivenUp()
  })
}

/** Milliseconds. */
const longestPause = 60_000

async function runOnce(
  request: Identified,
  handler: LoadedHandler,
  workspace: Workspace,
  context: EventContext,
): Promise<Outcome> {
  const { event, identity } = request
  const database = databaseOn(event, workspace, context)
  const { tx, messages, close } = openTransaction(database, identity.key)
  try {
    const start = () => handler.run({ ...event, data: copyJson(event.data, 'data') }, tx)
    const deadline = new Deadline(handler.settings.deadline, `the handler of '${event.type}'`, context.signal)
    const result = await runGuarded(start, context.nextTurn, deadline)
    close()
    return { status: 'done', result: plain(result), messages, ...(await commit(request, database, workspace, context)) }
  } catch (error) {
    close()
    // What a call under way throws comes too late.
    database.finish().catch(() => {})
    throw error
  }
}

function databaseOn(
  { source }: Event,
  workspace: Workspace,
  { branch, basedir, clock, newId, index }: EventContext,
): DatabaseTransaction {
  const findReceipt = (source: string, id: string) => receiptsIn(workspace).find(eventKey(source, id))
  return createTransaction({
    tree: workspace.tree(branch),
    basedir,
    now: isoTime(clock()),
    newId,
    index: index?.at(workspace.tip(branch)),
    fingerprints: index?.fingerprints,
    past: { history: workspace.history(branch), source, findReceipt },
  })
}

function commit(
  request: EventRequest,
  database: DatabaseTransaction,
  workspace: Workspace,
  context: EventContext,
): Promise<Committed | undefined> {
  return commitTransaction(workspace, context.branch, database, {
    title: request.operation?.name ?? request.event.type,
    trailers: trailersOf(request),
    time: context.clock(),
    index: context.index,
  })
}

function trailersOf({ event, operation }: EventRequest): Trailer[] {
  const trailers: Trailer[] = [
    ['Event-Id', event.id],
    ['Event-Source', event.source],
    ['Event-Type', event.type],
  ]
  if (operation) trailers.push(['Operation', operation.name])
  trailers.push(['Correlation-Id', event.correlationid])
  if (event.causationid !== undefined) trailers.push(['Causation-Id', event.causationid])
  return trailers
}

function handlerOf(event: Event, { handlers }: EventContext): LoadedHandler {
  const handler = handlers?.handlers.get(event.type)
  if (handler) return handler
  const known = [...(handlers?.handlers.keys() ?? [])].join(', ') || 'none'
  throw new CommitbaseError('not_found', `there is no handler for '${event.type}'; known: ${known}`)
}

function failure(error: unknown, event: Event): Outcome {
  const code = codeOf(error)
  const status = isFinal(error) ? 'refused' : 'failed'
  const said = { code, message: shortened(messageOf(error)) }
  return { status, error: said, messages: failureMessages(event, said) }
}

/** A handler may throw anything, and each reader of the receipt has to carry it. */
function shortened(message: string): string {
  const longest = 10_000
  return message.length <= longest ? message : `${message.slice(0, longest)}… (${message.length} characters)`
}

/** A refusal is the same however often it is asked; anything else may go away. */
function isFinal(error: unknown): boolean {
  return ['invalid', 'conflict', 'not_found'].includes(codeOf(error))
}

type Identified = EventRequest & { readonly identity: EventIdentity }

function identify(request: EventRequest): Identified {
  const { event, operation, identity = identityOf(event, operation) } = request
  return { ...request, identity }
}

function leavesReceipt({ operation }: EventRequest, outcome: Outcome): boolean {
  return !operation || outcome.status !== 'done' || outcome.messages.length > 0 || writes(operation.name)
}

/** Keys without a value are left out; they come in the order in which the receipt is written. */
function receiptOf(
  request: EventRequest,
  { seq, digest, time }: Pick<Receipt, 'seq' | 'digest' | 'time'>,
  { status, result, error, messages, commit }: Outcome,
): Receipt {
  const receipt = { seq, event: receiptEvent(request.event), digest, status } as Writable<Receipt>
  if (request.operation) receipt.operation = request.operation.name
  if (commit) receipt.commit = commit
  if (result !== undefined) receipt.result = result
  if (error) receipt.error = error
  receipt.messages = messages
  receipt.time = time
  return receipt
}

function receiptEvent({ id, source, type, time, subject, correlationid, causationid }: Event): ReceiptEvent {
  const event: Writable<ReceiptEvent> = { id, source, type, time, correlationid }
  if (subject !== undefined) event.subject = subject
  if (causationid !== undefined) event.causationid = causationid
  return event
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What a handler gives becomes JSON, as a receipt keeps it. Throws `invalid` where it cannot. */
function plain(result: unknown): unknown {
  if (result === undefined) return undefined
  try {
    return asJson(result)
  } catch (error) {
    throw new CommitbaseError('invalid', `the handler's result is no JSON: ${messageOf(error)}`, { cause: error })
  }
}
