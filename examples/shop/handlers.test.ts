import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { foldReceipts } from '../../src/database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { type Applied, applyEvent } from '../../src/events/applyEvent.ts'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { openMemory } from '../../src/git/memory.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { Writer } from '../../src/git/writer.ts'
import { lateAnswer, order, sampleProducts } from './orders.ts'

const branch = 'refs/heads/main'
const handlers = await loadHandlers(join(import.meta.dirname, 'handlers'))
const [cup, other] = sampleProducts(2)

test('there is one handler for each event of the shop', () => {
  const types = [
    'charge_customer',
    'confirm_shipment',
    'decrement_stock',
    'demo_data',
    'drop_database',
    'get_stock_level',
  ]
  types.push('increment_stock', 'restock_item', 'ship_to_customer', 'upsert_customer')
  assert.deepEqual([...handlers.handlers.keys()].sort(), types)
})

test('a restock stores the product with its level and tells the process that waits; again it sets the level anew', async () => {
  const shop = openShop()
  const first = await shop.send('restock_item', { _id: 'r-1', product: cup, stock_level: 10 })
  assert.partialDeepStrictEqual(await shop.record('stock', 'product-001'), { ...cup, stock_level: 10 })
  assert.deepEqual(messages(first), [['RESTOCKED', 'r-1', { stock: first.result }]])
  await shop.send('restock_item', { _id: 'r-2', product: cup, stock_level: 3 })
  assert.partialDeepStrictEqual(await shop.record('stock', 'product-001'), { stock_level: 3 })
})

test('without a key nobody waits, and nothing is published', async () => {
  const applied = await openShop().send('restock_item', { product: cup, stock_level: 10 })
  assert.equal(applied.receipt?.status, 'done')
  assert.deepEqual(messages(applied), [])
})

test('of two orders for the last item the second one is told, and the stock stays at 0', async () => {
  const shop = openShop()
  await shop.send('restock_item', { product: cup, stock_level: 1 })
  const both = await Promise.all([
    shop.send('decrement_stock', { _id: 'o-1', product: cup }),
    shop.send('decrement_stock', { _id: 'o-2', product: cup }),
  ])
  assert.deepEqual(both.flatMap(messages), [
    ['DECREMENTED_STOCK', 'o-1', { decremented: true, stock_level: 0 }],
    ['DECREMENTED_STOCK', 'o-2', { decremented: false, stock_level: 0 }],
  ])
  assert.partialDeepStrictEqual(await shop.record('stock', 'product-001'), { stock_level: 0 })
})

test('what was taken from the stock and put back leaves it as it was; the product keeps its fields', async () => {
  const shop = openShop()
  await shop.send('restock_item', { product: cup, stock_level: 5 })
  await shop.send('decrement_stock', { _id: 'o-1', product: { _id: 'product-001' }, quantity: 2 })
  const back = await shop.send('increment_stock', { _id: 'o-1', product: { _id: 'product-001' }, quantity: 2 })
  assert.deepEqual(messages(back), [['INCREMENTED_STOCK', 'o-1', { stock_level: 5 }]])
  assert.partialDeepStrictEqual(await shop.record('stock', 'product-001'), { ...cup, stock_level: 5 })
})

test('the level of what was never stocked is 0, and a look at it writes nothing', async () => {
  const look = await openShop().send('get_stock_level', { _id: 'o-1', product: other })
  assert.deepEqual(messages(look), [['GOT_STOCK_LEVEL', 'o-1', { stock_level: 0 }]])
  assert.equal(look.commit, undefined)
})

test("an order's record tells how far it is, and of the card only the last four digits are kept", async () => {
  const shop = openShop()
  const { variables } = order('fulfilled', { _id: 'o-1', repo: 'o/r' })
  const { customer, product, quantity, price, card } = variables.order
  await shop.send('restock_item', { product, stock_level: 1 })
  await shop.send('upsert_customer', { _id: 'o-1', customer, order: { product: product._id, quantity, price, card } })
  const seen = [(await shop.record('order', 'o-1'))?.status]
  const steps = {
    decrement_stock: { product },
    charge_customer: { customer, amount: price, card },
    ship_to_customer: { customer, product },
  }
  for (const [type, payload] of Object.entries(steps)) {
    await shop.send(type, { _id: 'o-1', ...payload })
    seen.push((await shop.record('order', 'o-1'))?.status)
  }
  assert.deepEqual(seen, ['received', 'reserved', 'paid', 'fulfilled'])
  assert.partialDeepStrictEqual(await shop.record('order', 'o-1'), { customer: 'ada', product: 'product-001', price })
  assert.partialDeepStrictEqual(await shop.record('payment', 'o-1'), { amount: price, card: '…0077', status: 'paid' })
  assert.doesNotMatch(JSON.stringify([await shop.record('order', 'o-1'), await shop.record('payment', 'o-1')]), /4000/)
})

test('a declined card is told and charges nothing; a paid order is not charged again', async () => {
  const shop = openShop()
  const declined = await shop.send('charge_customer', { _id: 'o-1', amount: 100, card: '4000 0000 0000 0002' })
  assert.partialDeepStrictEqual(messages(declined), [['CHARGED_CUSTOMER', 'o-1', { charge_succeeded: false }]])
  const paid = await shop.send('charge_customer', { _id: 'o-1', amount: 100, card: '4000 0000 0000 0077' })
  assert.partialDeepStrictEqual(messages(paid), [['CHARGED_CUSTOMER', 'o-1', { charge_succeeded: true }]])
  const again = await shop.send('charge_customer', { _id: 'o-1', amount: 900, card: '4000 0000 0000 0077' })
  assert.equal(again.commit, undefined)
  assert.partialDeepStrictEqual(messages(again), [
    ['CHARGED_CUSTOMER', 'o-1', { charge_succeeded: true, payment: { amount: 100 } }],
  ])
})

test('a lost answer comes with confirm_shipment, once', async () => {
  const shop = openShop()
  const lost = await shop.send('ship_to_customer', { _id: 'o-1', product: cup, lose_answer: 'shipping' })
  assert.deepEqual(messages(lost), [])
  assert.partialDeepStrictEqual(await shop.record('shipping', 'o-1'), { status: 'handed over' })
  const { event_type, client_payload } = lateAnswer('o-1')
  const late = await shop.send(event_type, client_payload)
  assert.partialDeepStrictEqual(messages(late), [['SHIPPED_TO_CUSTOMER', 'o-1', { shipping: { status: 'shipped' } }]])
  assert.deepEqual(messages(await shop.send(event_type, client_payload)), [])
})

test('what is wrong is refused with what came: nothing is written, nobody is told', async () => {
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['restock_item', { _id: 'r', stock_level: 1 }, /client_payload\.product.*got undefined/],
    ['restock_item', { _id: 'r', product: cup, stock_level: -1 }, /stock_level.*got -1/],
    ['decrement_stock', { _id: 'o', product: cup, quantity: 0 }, /quantity.*got 0/],
    ['charge_customer', { _id: 'o', amount: 'much', card: '1' }, /amount.*got "much"/],
    ['charge_customer', { _id: 'o', amount: 1, card: 42 }, /card must be a text/],
    ['upsert_customer', { _id: 'o' }, /customer.*got undefined/],
    ['ship_to_customer', { product: cup }, /needs the order's id/],
    ['confirm_shipment', { _id: 'o' }, /nothing was shipped/],
  ]
  const shop = openShop()
  for (const [type, payload, reason] of wrong) {
    const { receipt, commit, error } = await shop.send(type, payload)
    assert.equal(receipt?.status, 'refused', type)
    assert.match(error?.message ?? '', reason)
    assert.equal(commit, undefined)
    assert.deepEqual(receipt.messages, [])
  }
})

test('the demo data adds what is missing and leaves what is there; dropping the database takes it away', async () => {
  const shop = openShop()
  await shop.send('restock_item', { product: { _id: 'milk-jug', name: 'My jug' }, stock_level: 99 })
  await shop.send('demo_data', {})
  assert.partialDeepStrictEqual(await shop.record('stock', 'milk-jug'), { name: 'My jug', stock_level: 99 })
  assert.partialDeepStrictEqual(await shop.record('customer', 'ada'), { name: 'Ada Lovelace' })
  assert.equal((await shop.send('demo_data', {})).commit, undefined)
  await shop.send('drop_database', {})
  assert.equal(await shop.record('customer', 'ada'), undefined)
  assert.equal(await shop.record('stock', 'milk-jug'), undefined)
})

/** The shop's handlers over a database in memory. */
function openShop() {
  const repository = openMemory()
  const clock = () => Date.parse('2026-01-01T00:00:00Z')
  const fold = foldReceipts({ name: 'Test', email: 'test@example.net' }, clock)
  const writer = new Writer({ repository, refs: [branch, receiptsRef], fold })
  let count = 0
  const newId = () => `id-${++count}`
  const send = (type: string, data: Record<string, unknown>): Promise<Applied> => {
    const id = newId()
    const event = {
      id,
      source: 'https://github.com/o/r',
      type,
      time: '2026-01-01T00:00:00.000Z',
      data,
      correlationid: id,
    }
    return writer.submit(applyEvent({ event }, { branch, basedir: 'db', handlers, clock, newId }))
  }
  const record = async (table: string, id: string): Promise<Record<string, unknown> | undefined> => {
    const bytes = await (await Workspace.open(repository, [branch])).tree(branch).read(['db', table, `${id}.json`])
    return bytes && JSON.parse(bytes.toString('utf8'))
  }
  return { send, record }
}

function messages({ receipt }: Applied) {
  return (receipt?.messages ?? []).map(({ name, correlationKey, variables }) => [name, correlationKey, variables])
}
