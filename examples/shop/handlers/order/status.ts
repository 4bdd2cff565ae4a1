import type { Event, Transaction } from 'commitbase'
import type { Asked } from './answer.ts'

/** `order_id` says which order an event is about; by default it is the one whose process waits for the answer. */
export interface AboutOrder extends Asked {
  readonly order_id?: string | null
}

/** received → reserved → paid → shipping → fulfilled, or one of the other three where it ends. */
export type Status =
  | 'received'
  | 'out of stock'
  | 'reserved'
  | 'paid'
  | 'payment declined'
  | 'cancelled'
  | 'shipping'
  | 'fulfilled'

/** The order's id. Refused as `invalid` where the payload names none. */
export function orderId(event: Event<AboutOrder>, tx: Transaction): string {
  const id = event.data.order_id ?? event.data._id
  if (id === undefined || id === null) {
    tx.refuse('invalid', `${event.type} needs the order's id as client_payload._id or .order_id; got neither`)
  }
  return String(id)
}

/** Writes down how far the order is, so that its record's history tells its story; an order without a record stays without. */
export async function setStatus(event: Event<AboutOrder>, tx: Transaction, status: Status): Promise<void> {
  const order = await tx.get('order', orderId(event, tx))
  if (order) await tx.upsert('order', { ...order, status })
}
