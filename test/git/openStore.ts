import type { TestContext } from 'node:test'
import type { Transaction } from '../../src/events/handlers/transaction.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { dispatch, handlerSet, receiptOf, startTestHub } from '../../src/hub/testing/testHub.ts'
import { clone } from './clone.ts'

/** What a test says of a result. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Loose = any

/** A hub whose records a test writes and reads with one event each, and a person's clone of it. */
export interface Store {
  readonly hub: Hub
  readonly work: string
  /** Calls a method of the handler's transaction. Throws the receipt's error. */
  call(method: keyof Transaction, ...parameters: unknown[]): Promise<Loose>
  /** The ids of a table's records. */
  ids(table: string): Promise<string[]>
}

/** `first` is in `stock` when the person clones. */
export async function openStore(t: TestContext, folder?: string): Promise<Store> {
  const hub = await startTestHub(t, { handlers: handlers(), ...(folder ? { folder } : {}) })
  let events = 0
  const call = async (method: string, ...parameters: unknown[]) => {
    const event_id = `call-${process.hrtime.bigint()}-${events++}`
    await dispatch(hub, 'call', { event_id, method, parameters })
    const { result, error } = await receiptOf(hub, event_id)
    if (error) throw Object.assign(new Error(error.message), { code: error.code })
    return result
  }
  const ids = async (table: string) => ((await call('findMany', table, {})) as { _id: string }[]).map(({ _id }) => _id)
  if (!folder) await call('insert', 'stock', { _id: 'first', n: 0 })
  return { hub, work: await clone(t, hub), call, ids }
}

function handlers() {
  return handlerSet({
    call: (event, tx) => {
      const { method, parameters } = event.data
      return (tx[method as keyof Transaction] as (...parameters: unknown[]) => unknown)(...parameters)
    },
    fill: async (event, tx) => {
      for (let number = 0; number < event.data.count; number++)
        await tx.upsert(event.data.table, { _id: `r${number}`, n: number })
    },
  })
}

/** Writes records `r0`, `r1`… in one commit. */
export async function fill({ hub }: Store, table: string, count: number): Promise<void> {
  const event_id = `fill-${table}-${count}`
  await dispatch(hub, 'fill', { event_id, table, count })
  const { error } = await receiptOf(hub, event_id)
  if (error) throw new Error(error.message)
}
