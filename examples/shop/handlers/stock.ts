import type { Event, Transaction } from 'commitbase'
import { type Asked, answer } from './order/answer.ts'
import { type AboutOrder, setStatus } from './order/status.ts'

/** The stock's record is the product's, keyed by the product's id, with its `stock_level`. `price` in cents. */
interface Product extends Readonly<Record<string, unknown>> {
  readonly _id: string
}

interface Restock extends Asked {
  readonly product: Product
  readonly stock_level: number
}

interface Wanted extends AboutOrder {
  readonly product: Product
  /** 1 unless given. */
  readonly quantity?: number | null
}

/** Sets the product's stock. Answers RESTOCKED {stock}. */
export async function restock_item(event: Event<Restock>, tx: Transaction) {
  const { stock_level } = event.data
  if (!Number.isInteger(stock_level) || stock_level < 0) {
    tx.refuse(
      'invalid',
      `client_payload.stock_level must be a whole number from 0 on; got ${JSON.stringify(stock_level)}`,
    )
  }
  const stock = await tx.upsert('stock', { ...productOf(event, tx), stock_level })
  answer(event, tx, 'RESTOCKED', { stock })
  return stock
}

/** Answers GOT_STOCK_LEVEL {stock_level}: 0 for a product that nobody ever stocked. */
export async function get_stock_level(event: Event<Wanted>, tx: Transaction) {
  const stock_level = await levelOf(productOf(event, tx), tx)
  if (stock_level < quantityOf(event, tx)) await setStatus(event, tx, 'out of stock')
  answer(event, tx, 'GOT_STOCK_LEVEL', { stock_level })
  return { stock_level }
}

/**
 * Takes the quantity from the stock, or nothing where there is less of it: of two orders for the last item the second one is
 * told. Answers DECREMENTED_STOCK {decremented, stock_level}.
 */
export async function decrement_stock(event: Event<Wanted>, tx: Transaction) {
  const product = productOf(event, tx)
  const quantity = quantityOf(event, tx)
  const level = await levelOf(product, tx)
  const decremented = level >= quantity
  const stock_level = decremented ? level - quantity : level
  if (decremented) await setLevel(product, stock_level, tx)
  await setStatus(event, tx, decremented ? 'reserved' : 'out of stock')
  answer(event, tx, 'DECREMENTED_STOCK', { decremented, stock_level })
  return { decremented, stock_level }
}

/** Puts the quantity of an order that is not to be back into the stock. Answers INCREMENTED_STOCK {stock_level}. */
export async function increment_stock(event: Event<Wanted>, tx: Transaction) {
  const product = productOf(event, tx)
  const stock_level = (await levelOf(product, tx)) + quantityOf(event, tx)
  await setLevel(product, stock_level, tx)
  await setStatus(event, tx, 'cancelled')
  answer(event, tx, 'INCREMENTED_STOCK', { stock_level })
  return { stock_level }
}

function productOf(event: Event<{ product: Product }>, tx: Transaction): Product {
  const product = event.data.product
  if (typeof product?._id === 'string') return product
  return tx.refuse(
    'invalid',
    `${event.type} needs client_payload.product, an object with a text _id; got ${JSON.stringify(product)}`,
  )
}

function quantityOf(event: Event<Wanted>, tx: Transaction): number {
  const quantity = event.data.quantity ?? 1
  if (Number.isInteger(quantity) && quantity > 0) return quantity
  return tx.refuse(
    'invalid',
    `client_payload.quantity must be a whole number from 1 on; got ${JSON.stringify(quantity)}`,
  )
}

async function levelOf(product: Product, tx: Transaction): Promise<number> {
  const stock = await tx.get('stock', product._id)
  return typeof stock?.stock_level === 'number' ? stock.stock_level : 0
}

async function setLevel(product: Product, stock_level: number, tx: Transaction): Promise<void> {
  const stock = await tx.get('stock', product._id)
  await tx.upsert('stock', { ...(stock ?? product), stock_level })
}
