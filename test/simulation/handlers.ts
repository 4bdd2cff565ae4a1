import { setTimeout as delay } from 'node:timers/promises'
import type { EventRequest } from '../../src/events/applyEvent.ts'
import { eventDigest, operationDigest } from '../../src/events/digest.ts'
import type { Event } from '../../src/events/event.ts'
import {
  defaultSettings,
  type Handler,
  type HandlerSet,
  type LoadedHandler,
} from '../../src/events/handlers/handler.ts'
import type { Transaction } from '../../src/events/handlers/transaction.ts'
import { poison } from './engine.ts'
import type { Kind, Module, PlannedEvent } from './plan.ts'

export const source = 'https://github.com/acme/shop'

interface Amount {
  readonly amount: number
}

/** Handlers that add to one counter, each in its way; `failures` says how often an event still fails. */
export function handlersOf(module: Module, failures: Map<string, number>): HandlerSet {
  const handlers: Record<Exclude<Kind, 'upsert' | 'read'>, LoadedHandler> = {
    add: loaded(add),
    flaky: loaded(async (event, tx) => {
      const left = failures.get(event.id) ?? event.data.amount % 6
      failures.set(event.id, left - 1)
      if (left > 0) throw new Error(`it fails ${left} times more`)
      return await add(event, tx)
    }),
    refused: loaded((_, tx) => tx.refuse('conflict', 'nobody may do that')),
    slow: loaded(async (event, tx) => {
      await delay(25_000 + event.data.amount * 2_000)
      return await add(event, tx)
    }, 60_000),
    poison: loaded(async (event, tx) => {
      tx.publish({ name: poison, correlationKey: event.correlationid })
      return await add(event, tx)
    }),
  }
  return { path: `handlers/${module}.ts`, id: module.repeat(40), handlers: new Map(Object.entries(handlers)) }
}

async function add({ id, correlationid, data }: Event<Amount>, tx: Transaction) {
  const counter = await tx.get('counters', 'total')
  const total = Number(counter?.total ?? 0) + data.amount
  await tx.upsert('counters', { _id: 'total', total })
  tx.publish({ name: 'ADDED', correlationKey: correlationid, variables: { id, total } })
  return { total }
}

function loaded(run: Handler, deadline = defaultSettings.deadline): LoadedHandler {
  return { run, settings: { ...defaultSettings, deadline } }
}

/** The event as a door hands it on. */
export function requestOf({ id, kind, correlation, amount }: PlannedEvent): EventRequest {
  const time = '2026-01-01T00:00:00.000Z'
  const event = { id, source, type: kind, time, correlationid: correlation, data: { amount } }
  if (kind === 'upsert')
    return { event, operation: { name: 'UPSERT', parameters: { table: 'notes', record: { _id: id, amount } } } }
  if (kind === 'read')
    return { event, operation: { name: 'FINDONE', parameters: { table: 'counters', query: { _id: 'total' } } } }
  return { event }
}

/** What a receipt keeps of its content. */
export function digestOf(planned: PlannedEvent): string {
  const { event, operation } = requestOf(planned)
  return operation ? operationDigest(operation.name, operation.parameters) : eventDigest(event)
}
