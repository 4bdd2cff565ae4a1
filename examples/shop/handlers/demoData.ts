import type { Event, Transaction } from 'commitbase'

/** Prices in cents. */
const products = [
  { _id: 'espresso-machine', name: 'Espresso machine', price: 34900, stock_level: 5 },
  { _id: 'coffee-grinder', name: 'Coffee grinder', price: 8900, stock_level: 12 },
  { _id: 'milk-jug', name: 'Milk jug', price: 1950, stock_level: 40 },
  { _id: 'copper-kettle', name: 'Copper kettle', price: 12900, stock_level: 0 },
]

const customers = [
  { _id: 'ada', name: 'Ada Lovelace', email: 'ada@example.net', address: "12 St James's Square, London" },
  { _id: 'grace', name: 'Grace Hopper', email: 'grace@example.net', address: '1 Navy Yard, Washington' },
  { _id: 'alan', name: 'Alan Turing', email: 'alan@example.net', address: 'Bletchley Park, Milton Keynes' },
]

/** Puts in the sample customers and products that are not there yet; what is there stays as it is. */
export async function demo_data(_event: Event, tx: Transaction) {
  const stock = await addMissing('stock', products, tx)
  const customer = await addMissing('customer', customers, tx)
  return { added: { stock, customer } }
}

/** Drops the shop's tables, and only them. */
export async function drop_database(_event: Event, tx: Transaction) {
  const tables = ['customer', 'stock', 'order', 'payment', 'shipping']
  for (const table of tables) await tx.dropTable(table)
  return { dropped: tables }
}

async function addMissing(table: string, records: { _id: string }[], tx: Transaction): Promise<string[]> {
  const added: string[] = []
  for (const record of records) {
    if (await tx.get(table, record._id)) continue
    await tx.upsert(table, record)
    added.push(record._id)
  }
  return added
}
