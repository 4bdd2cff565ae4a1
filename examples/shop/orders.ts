/** The sample shop's start variables: pure functions, for the run, the tests and the tutorial. Prices in cents. */

export interface Product {
  readonly _id: string
  readonly name: string
  readonly price: number
}

interface Order {
  readonly _id: string
  readonly customer: { readonly _id: string; readonly name: string; readonly email: string; readonly address: string }
  readonly product: Product
  readonly quantity: number
  /** What the customer is charged, in cents. */
  readonly price: number
  readonly card: string
  /** `'shipping'`: the carrier's answer is lost until a `confirm_shipment` brings it. */
  readonly lose_answer?: 'shipping'
}

/** The ways an order can go. */
export type Way = 'fulfilled' | 'no stock' | 'declined' | 'late' | 'grpc'

/** What CreateProcessInstance takes. */
export interface Start<Variables> {
  readonly bpmnProcessId: string
  readonly variables: Variables
}

/** `repo`: owner/name. `_id`: the key on which the answers correlate; another one for every instance. */
interface Dispatching {
  readonly _id: string
  readonly repo: string
  /** Only the HTTP worker sees the token that takes the placeholder's place. */
  readonly authorization: string
}

export interface RestockVariables extends Dispatching {
  readonly products: readonly Product[]
  readonly stock_level: number
}

export interface OrderVariables extends Dispatching {
  readonly order: Order
  /** ISO 8601 duration after which an order counts as late. */
  readonly late_after: string
}

/** `_id` of the instance, and with it of every message; `connector`: the model for Camunda's REST connector. */
export interface RestockWish {
  readonly _id: string
  readonly repo: string
  readonly products: readonly Product[]
  readonly stockLevel?: number
  readonly parallel?: boolean
  readonly connector?: boolean
}

/** `product` must be one that was restocked, but for the way `no stock`. */
export interface OrderWish {
  readonly _id: string
  readonly repo: string
  readonly product?: Product
  readonly lateAfter?: string
}

const authorization = 'Bearer {{GitHubToken}}'

/** `count` products, numbered from `first` on: product-001, product-002, … */
export function sampleProducts(count: number, first = 1): Product[] {
  return Array.from({ length: count }, (_, place) => product(first + place))
}

/** Restocks the products, one after the other or all at once. The connector model exists for all at once. */
export function restock(wish: RestockWish): Start<RestockVariables> {
  const { _id, repo, products, stockLevel = 10, parallel = false, connector = false } = wish
  const bpmnProcessId = connector
    ? 'restock-shop-parallel-connector'
    : parallel
      ? 'restock-shop-parallel'
      : 'restock-shop-sequential'
  return { bpmnProcessId, variables: { _id, repo, authorization, products, stock_level: stockLevel } }
}

/** An order that goes the way it is told to: what it holds decides, no switch anywhere else. */
export function order(way: Way, wish: OrderWish): Start<OrderVariables> {
  const { _id, repo, product: wanted = product(1), lateAfter = 'PT300S' } = wish
  const base = { _id, customer: customers[way], product: wanted, quantity: 1, price: wanted.price, card: goodCard }
  const variables = { _id, repo, authorization, late_after: lateAfter, order: { ...base, ...peculiarities[way] } }
  return { bpmnProcessId: way === 'grpc' ? 'order-fulfilment-grpc' : 'order-fulfilment-with-timer', variables }
}

/** The dispatch with which the carrier's lost answer comes after all. */
export function lateAnswer(orderId: string): { event_type: string; client_payload: Record<string, unknown> } {
  return {
    event_type: 'confirm_shipment',
    client_payload: { _id: orderId, event_id: `${orderId}-confirm_shipment`, correlation_id: orderId },
  }
}

const goodCard = '4000 0000 0000 0077'

const neverStocked: Product = { _id: 'copper-kettle', name: 'Copper kettle', price: 12900 }

const peculiarities: Record<Way, Partial<Order>> = {
  fulfilled: {},
  'no stock': { product: neverStocked, price: neverStocked.price },
  declined: { card: '4000 0000 0000 0002' },
  late: { lose_answer: 'shipping' },
  grpc: {},
}

const ada = { _id: 'ada', name: 'Ada Lovelace', email: 'ada@example.net', address: "12 St James's Square, London" }
const grace = { _id: 'grace', name: 'Grace Hopper', email: 'grace@example.net', address: '1 Navy Yard, Washington' }
const alan = { _id: 'alan', name: 'Alan Turing', email: 'alan@example.net', address: 'Bletchley Park, Milton Keynes' }

const customers: Record<Way, Order['customer']> = {
  fulfilled: ada,
  'no stock': grace,
  declined: alan,
  late: ada,
  grpc: grace,
}

function product(number: number): Product {
  const id = String(number).padStart(3, '0')
  return { _id: `product-${id}`, name: `Cup no. ${number}`, price: 950 + (number % 10) * 100 }
}
