import type { Event, Transaction } from 'commitbase'
import { answer } from './order/answer.ts'
import { type AboutOrder, orderId, setStatus } from './order/status.ts'

/** `amount` in cents. A card whose number ends in 0002 is declined. */
interface Charge extends AboutOrder {
  readonly customer?: { readonly _id?: string } | null
  readonly amount: number
  readonly card: string
}

/** Charges an order once, however often it is asked to. Answers CHARGED_CUSTOMER {charge_succeeded, payment}. */
export async function charge_customer(event: Event<Charge>, tx: Transaction) {
  const before = await tx.get('payment', orderId(event, tx))
  const payment = before?.status === 'paid' ? before : await charge(event, tx)
  const charge_succeeded = payment.status === 'paid'
  await setStatus(event, tx, charge_succeeded ? 'paid' : 'payment declined')
  answer(event, tx, 'CHARGED_CUSTOMER', { charge_succeeded, payment })
  return { charge_succeeded, payment }
}

/** Of the card only the last four digits are kept. */
async function charge(event: Event<Charge>, tx: Transaction) {
  const { amount, card, customer } = event.data
  if (typeof amount !== 'number' || amount < 0) {
    tx.refuse('invalid', `client_payload.amount must be a number from 0 on; got ${JSON.stringify(amount)}`)
  }
  if (typeof card !== 'string') tx.refuse('invalid', 'client_payload.card must be a text: the number of a card')
  const digits = card.replace(/\D/g, '').slice(-4)
  const status = digits === '0002' ? 'declined' : 'paid'
  const who = customer?._id === undefined ? {} : { customer: customer._id }
  return tx.upsert('payment', { _id: orderId(event, tx), ...who, amount, card: `…${digits}`, status })
}
