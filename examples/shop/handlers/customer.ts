import type { Event, Transaction } from 'commitbase'
import { answer } from './order/answer.ts'
import { type AboutOrder, orderId } from './order/status.ts'

/** `order` is what the customer asks for, to be kept as the order's record. */
interface CustomerWithOrder extends AboutOrder {
  readonly customer: Readonly<Record<string, unknown>>
  readonly order?: Readonly<Record<string, unknown>> | null
}

/** Keeps the customer's record, found by `_id` or else by `email`, and opens the order's. Answers GOT_CUSTOMER {customer}. */
export async function upsert_customer(event: Event<CustomerWithOrder>, tx: Transaction) {
  const { customer: sent, order } = event.data
  if (typeof sent !== 'object' || sent === null) {
    tx.refuse('invalid', `upsert_customer needs client_payload.customer, an object; got ${JSON.stringify(sent)}`)
  }
  const known = sent._id === undefined && sent.email !== undefined ? { email: sent.email } : undefined
  const customer = await tx.upsert('customer', { ...sent }, known)
  if (order) await open(order, { _id: orderId(event, tx), customer: customer._id }, tx)
  answer(event, tx, 'GOT_CUSTOMER', { customer })
  return customer
}

/** What else the order says stays, but for the card: nobody needs its number in a repository. */
async function open(
  order: Readonly<Record<string, unknown>>,
  own: { _id: string; customer: unknown },
  tx: Transaction,
) {
  if (await tx.get('order', own._id)) return
  const { card: _, ...rest } = order
  await tx.upsert('order', { ...own, ...rest, ...own, status: 'received' })
}
