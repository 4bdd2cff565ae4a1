import type { Event, Transaction } from 'commitbase'
import { answer } from './order/answer.ts'
import { type AboutOrder, orderId, setStatus } from './order/status.ts'

/** With `lose_answer: "shipping"` the parcel is handed over, and the carrier's word for it does not come until `confirm_shipment` brings it. */
interface Shipment extends AboutOrder {
  readonly customer?: { readonly _id?: string; readonly address?: string } | null
  readonly product?: { readonly _id?: string } | null
  readonly quantity?: number | null
  readonly lose_answer?: string | null
}

/** Hands the order to the carrier. Answers SHIPPED_TO_CUSTOMER {shipping}. */
export async function ship_to_customer(event: Event<Shipment>, tx: Transaction) {
  const { customer, product, quantity, lose_answer } = event.data
  const lost = lose_answer === 'shipping'
  const shipping = await tx.upsert('shipping', {
    _id: orderId(event, tx),
    customer: customer?._id ?? null,
    address: customer?.address ?? null,
    product: product?._id ?? null,
    quantity: quantity ?? 1,
    status: lost ? 'handed over' : 'shipped',
  })
  await setStatus(event, tx, lost ? 'shipping' : 'fulfilled')
  if (!lost) answer(event, tx, 'SHIPPED_TO_CUSTOMER', { shipping })
  return { shipping }
}

/** The carrier's late word for a parcel. The first one answers SHIPPED_TO_CUSTOMER {shipping}; another changes nothing. */
export async function confirm_shipment(event: Event<AboutOrder>, tx: Transaction) {
  const before = await tx.get('shipping', orderId(event, tx))
  if (!before) return tx.refuse('not_found', `nothing was shipped for the order '${orderId(event, tx)}'`)
  if (before.status === 'shipped') return { shipping: before }
  const shipping = await tx.upsert('shipping', { ...before, status: 'shipped' })
  await setStatus(event, tx, 'fulfilled')
  answer(event, tx, 'SHIPPED_TO_CUSTOMER', { shipping })
  return { shipping }
}
