import { checkJson } from '../database/json/json.ts'
import { eventKey } from '../database/receipts/eventKey.ts'
import { type Code, CommitbaseError, codeOf } from '../errors.ts'
import type { EntryTask } from '../git/shared/drain.ts'
import type { InboxEntry } from '../git/shared/inbox.ts'
import { type Applied, applyEvent, type EventContext, type EventRequest } from './applyEvent.ts'
import type { Event } from './event.ts'
import { defaultSettings, type LoadedHandler } from './handlers/handler.ts'

/**
 * An event in the inbox, and what it takes to evaluate it as its own writer would: the same database, and for an event without an
 * operation the handlers of the same path and git id.
 */
export interface InboxRequest {
  readonly event: Event
  readonly operation?: EventRequest['operation']
  readonly fault?: { readonly code: Code; readonly message: string }
  readonly handlers?: { readonly path: string; readonly id: string }
  readonly branch: string
  readonly basedir: string
}

export function inboxRequestOf({ event, operation, fault }: EventRequest, context: EventContext): InboxRequest {
  const { branch, basedir, handlers } = context
  return {
    event,
    operation,
    fault: fault && { code: fault.code, message: fault.message },
    handlers: operation || !handlers ? undefined : { path: handlers.path, id: handlers.id },
    branch,
    basedir,
  }
}

/**
 * What to do with an entry that another writer made. One that nobody with its handlers has come for in a day gets a receipt that
 * says so: it is never dropped in silence, and its run can be run again.
 */
export function readInbox(context: EventContext): (key: string, entry: InboxEntry) => EntryTask<Applied> {
  return (key, { request, entered }) => {
    if (!isRequestOf(request, key)) return { kind: 'void' }
    if (canEvaluate(request, context)) return taskOf(request, context)
    const age = context.clock() - Date.parse(entered)
    return age > longestWait && isHere(request, context)
      ? taskOf({ ...request, fault: expired }, context)
      : { kind: 'foreign' }
  }
}

/** Whether it asks for the event of that key. */
export function isRequestOf(request: unknown, key: string): request is InboxRequest {
  return isInboxRequest(request) && eventKey(request.event.source, request.event.id) === key
}

function taskOf({ event, operation, fault }: InboxRequest, context: EventContext): EntryTask<Applied> {
  const request = { event, operation, fault: fault && new CommitbaseError(fault.code, fault.message) }
  return { kind: 'task', run: applyEvent(request, context), isLong: isLong(request, context) }
}

/** Whether its handler was given more time than the default. */
export function isLong({ event, operation }: EventRequest, { handlers }: EventContext): boolean {
  const handler: LoadedHandler | undefined = operation ? undefined : handlers?.handlers.get(event.type)
  return (handler?.settings.deadline ?? 0) > defaultSettings.deadline
}

/** Milliseconds. */
const longestWait = 24 * 3_600_000

const expired: NonNullable<InboxRequest['fault']> = {
  code: 'unavailable',
  message: 'its run ended before it was evaluated, and no run with the same handlers came within a day; run it again',
}

function canEvaluate(request: InboxRequest, context: EventContext): boolean {
  const { operation, fault, handlers } = request
  if (!isHere(request, context)) return false
  if (operation || fault) return true
  return handlers !== undefined && handlers.path === context.handlers?.path && handlers.id === context.handlers.id
}

/** Of the same database. */
function isHere({ branch, basedir }: InboxRequest, context: EventContext): boolean {
  return branch === context.branch && basedir === context.basedir
}

/** Anybody who may push can put anything there: the rest is checked where it is evaluated. */
function isInboxRequest(value: unknown): value is InboxRequest {
  const { event, operation, fault, handlers, branch, basedir } = Object(value)
  return (
    isEvent(event) &&
    (operation === undefined || (isText(operation?.name) && isRecord(operation.parameters))) &&
    (fault === undefined || (codeOf(fault) === fault?.code && isText(fault.message))) &&
    (handlers === undefined || (isText(handlers?.path) && isText(handlers.id))) &&
    isText(branch) &&
    isText(basedir) &&
    isStorable(operation ? operation.parameters : event.data)
  )
}

/** As each door takes it: what has many thousand levels cannot even be hashed, and would wait for ever. */
function isStorable(asked: unknown): boolean {
  try {
    checkJson(asked, 'what is asked for')
    return true
  } catch {
    return false
  }
}

function isEvent(value: unknown): value is Event {
  const { id, source, type, time, data, correlationid, subject, causationid } = Object(value)
  const attributes = [id, source, type, time, correlationid, subject ?? '', causationid ?? '']
  return attributes.every(isText) && isRecord(data)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
