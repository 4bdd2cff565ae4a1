import type { TestContext } from 'node:test'
import type { Receipt } from '../../src/database/receipts/receipt.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { dispatch, handlerSet, receiptOf, startTestHub } from '../../src/hub/testing/testHub.ts'

/** A hub whose handlers do what the payload says: what an attacker would wish for. */
export function startDatabaseHub(t: TestContext, folder?: string): Promise<Hub> {
  return startTestHub(t, {
    folder,
    handlers: handlerSet({
      put: ({ data }, tx) => tx.upsert(data.table, data.record),
      get: ({ data }, tx) => tx.get(data.table, data.id),
      find: ({ data }, tx) => tx.findMany(data.table, data.query, data.options),
      patch: ({ data }, tx) => tx.patch(data.table, data.id, data.patch),
      update: ({ data }, tx) => tx.updateMany(data.table, data.fields, data.query),
      drop: ({ data }, tx) => tx.dropTable(data.table),
    }),
  })
}

let count = 0

/** What became of an event of that payload. */
export async function applied(hub: Hub, type: string, payload: Record<string, unknown>): Promise<Receipt> {
  const event_id = `attack-${++count}`
  const { status, body } = await dispatch(hub, type, { event_id, ...payload })
  if (status !== 204) throw new Error(`${status} ${JSON.stringify(body)}`)
  return receiptOf(hub, String(payload.event_id ?? event_id))
}
