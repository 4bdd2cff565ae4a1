import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { lateAnswer, order, restock, sampleProducts, type Way } from '../../examples/shop/orders.ts'
import { git, receiptOf, repository as repo, runGit } from '../../src/hub/testing/testHub.ts'
import { createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { openTestShop, type TestShop } from './openTestShop.ts'

const [cup] = sampleProducts(1) as [ReturnType<typeof sampleProducts>[number]]

test('an order is fulfilled: every step is one event and one commit, and the records tell the same', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 3)
  assert.equal((await take(shop, 'fulfilled')).outcome, 'fulfilled')
  assert.equal((await shop.record('stock', cup._id))?.stock_level, 2)
  assert.equal((await shop.record('order', 'fulfilled'))?.status, 'fulfilled')
  assert.equal((await shop.record('payment', 'fulfilled'))?.status, 'paid')
  assert.equal((await shop.record('shipping', 'fulfilled'))?.status, 'shipped')
  assert.equal((await shop.record('customer', 'ada'))?.name, 'Ada Lovelace')
  const commits = (await shop.commits()).slice(1)
  assert.deepEqual(
    commits.map(({ trailers }) => trailers['Event-Type']),
    ['upsert_customer', 'decrement_stock', 'charge_customer', 'ship_to_customer'],
    'asking for the stock level changes nothing',
  )
  assert.ok(commits.every(({ trailers }) => trailers['Correlation-Id'] === 'fulfilled'))
  assert.deepEqual(await listIncidents(shop.engine), [])
  assert.deepEqual(shop.warnings, [])
  assertSound(await runGit(shop.hub.folder, 'fsck', '--full', '--strict'))
})

test('an order for what is not in stock is not fulfilled, and nothing is charged or shipped', async (t) => {
  const shop = await openTestShop(t)
  assert.equal((await take(shop, 'no stock')).outcome, 'not fulfilled: no stock')
  assert.equal((await shop.record('order', 'no-stock'))?.status, 'out of stock')
  for (const table of ['payment', 'shipping']) assert.equal(await shop.record(table, 'no-stock'), undefined)
})

test('of two orders for the last item one is fulfilled, whatever both were told before', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 1)
  const ended = await Promise.all(['first', 'second'].map((_id) => take(shop, 'fulfilled', { _id })))
  const outcomes = ended.map(({ outcome }) => String(outcome)).sort()
  assert.equal(outcomes[0], 'fulfilled')
  assert.match(outcomes[1]!, /^not fulfilled: (no stock|sold meanwhile)$/)
  assert.equal((await shop.record('stock', cup._id))?.stock_level, 0)
})

test('a declined payment: the order is not fulfilled, and the stock is back', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 3)
  assert.equal((await take(shop, 'declined')).outcome, 'not fulfilled: payment declined')
  await shop.hub.idle()
  const levels = await git(shop.hub.folder, 'log', '--reverse', '-p', '--format=', 'main', '--', stockFile)
  assert.deepEqual(
    [...levels.matchAll(/^\+ {2}"stock_level": (\d)/gm)].map(([, level]) => level),
    ['3', '2', '3'],
    'it was taken, and given back',
  )
  assert.equal((await shop.record('order', 'declined'))?.status, 'cancelled')
  assert.equal((await shop.record('payment', 'declined'))?.status, 'declined')
  assert.equal(await shop.record('shipping', 'declined'), undefined)
})

test('a lost answer: the timer fires once, an incident is there; the late answer fulfils the order, an operator ends the instance', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 1)
  const ended = take(shop, 'late', { lateAfter: 'PT1S' })
  await shop.shop.incidentRaised('late')
  const [incident, ...others] = await incidents(shop)
  assert.ok(incident)
  assert.deepEqual(others, [])
  assert.match(incident.message, /order 'late' is late/)
  assert.equal(incident.elementId, 'RaiseIncident')
  const { event_type, client_payload } = lateAnswer('late')
  await shop.apply(event_type, { event_id: '', ...client_payload })
  assert.equal((await shop.record('order', 'late'))?.status, 'fulfilled')
  assert.deepEqual(
    (await incidents(shop)).map(({ key }) => key),
    [incident.key],
    'the instance waits for its operator, not for the carrier',
  )
  assert.match(await commitbase(shop, 'incidents', 'resolve', incident.key), /is resolved/)
  assert.equal((await ended).outcome, 'fulfilled')
  assert.deepEqual(await listIncidents(shop.engine), [])
  assert.deepEqual(await everRaised(shop), { jobs: 1, incidents: 1 })
  await assert.rejects(commitbase(shop, 'incidents', 'resolve', incident.key), { code: 1 })
})

test('with gRPC workers every order goes the same ways', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 3)
  const outcomes = await Promise.all([take(shop, 'grpc'), takeGrpc(shop, 'no stock'), takeGrpc(shop, 'declined')])
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['fulfilled', 'not fulfilled: no stock', 'not fulfilled: payment declined'],
  )
  assert.equal((await shop.record('stock', cup._id))?.stock_level, 2)
  assert.deepEqual(
    (await shop.commits())
      .filter(({ trailers }) => trailers['Correlation-Id'] === 'grpc')
      .map(({ trailers }) => trailers['Event-Type']),
    ['upsert_customer', 'decrement_stock', 'charge_customer', 'ship_to_customer'],
  )
})

test('a gRPC worker whose answer is late: the same incident, and the same way out', async (t) => {
  const answer = Promise.withResolvers<void>()
  const shop = await openTestShop(t, {
    through: (send) => async (eventType, payload) => {
      const receipt = await send(eventType, payload)
      if (eventType === 'ship_to_customer') await answer.promise
      return receipt
    },
  })
  await stock(shop, 1)
  const ended = take(shop, 'grpc', { lateAfter: 'PT1S' })
  await shop.shop.incidentRaised('grpc')
  const [incident] = await incidents(shop)
  answer.resolve()
  await commitbase(shop, 'incidents', 'resolve', incident!.key)
  assert.equal((await ended).outcome, 'fulfilled')
  assert.equal((await shop.record('shipping', 'grpc'))?.status, 'shipped')
  assert.deepEqual(await everRaised(shop), { jobs: 1, incidents: 1 })
})

test('the model without a timer, and the models for the REST connector, come to the same ends', async (t) => {
  const shop = await openTestShop(t)
  await stock(shop, 3)
  const plain = await take(shop, 'fulfilled', { _id: 'plain' }, 'order-fulfilment')
  const connector = await take(shop, 'fulfilled', { _id: 'connector' }, 'order-fulfilment-connector')
  const declined = await take(shop, 'declined', { _id: 'refused' }, 'order-fulfilment-connector')
  const none = await take(shop, 'no stock', { _id: 'none' }, 'order-fulfilment-connector')
  assert.deepEqual(
    [plain, connector, declined, none].map(({ outcome }) => outcome),
    ['fulfilled', 'fulfilled', 'not fulfilled: payment declined', 'not fulfilled: no stock'],
  )
  assert.equal((await shop.record('stock', cup._id))?.stock_level, 1)
  const events = (await shop.commits()).map(({ trailers }) => trailers['Event-Id'])
  assert.ok(events.includes('connector-ship_to_customer'), 'a connector model builds its event ids itself')
  const products = sampleProducts(5, 50)
  const start = restock({ _id: 'r', repo, products, stockLevel: 7, connector: true })
  const { restocked } = await run(shop, start)
  assert.deepEqual(
    (restocked as { _id: string; stock_level: number }[]).map(({ _id, stock_level }) => [_id, stock_level]),
    products.map(({ _id }) => [_id, 7]),
  )
})

test('the time is asked for over HTTP, and the greeting goes by it', async (t) => {
  const shop = await openTestShop(t)
  const { time_from_api } = await run(shop, { bpmnProcessId: 'get-time', variables: {} })
  assert.match((time_from_api as { time: string }).time, /^\d{4}-\d\d-\d\dT.*Z$/)
  const greeted = await run(shop, { bpmnProcessId: 'greeting', variables: { name: 'Ada' } })
  const hour = new Date((greeted.time_from_api as { time: string }).time).getUTCHours()
  const words = hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening'
  assert.equal(greeted.greeting, `${words}, Ada!`)
})

test('a drop of the database is one commit, and the demo data comes back once', async (t) => {
  const shop = await openTestShop(t)
  await shop.apply('demo_data', { event_id: 'demo' })
  await shop.apply('drop_database', { event_id: 'drop' })
  assert.equal(await shop.record('stock', 'milk-jug'), undefined)
  await shop.apply('demo_data', { event_id: 'demo again' })
  await shop.apply('demo_data', { event_id: 'demo once more' })
  assert.equal((await shop.record('stock', 'milk-jug'))?.stock_level, 40)
  assert.deepEqual(
    (await shop.commits()).map(({ trailers }) => trailers['Event-Id']),
    ['demo', 'drop', 'demo again'],
  )
  assert.equal((await receiptOf(shop.hub, 'demo once more')).commit, undefined)
})

const stockFile = `db/stock/${cup._id}.json`

async function stock(shop: TestShop, stock_level: number): Promise<void> {
  await shop.apply('restock_item', { event_id: 'stock', product: cup, stock_level })
}

/** Starts an order and gives the variables at its end. Its id is the way's unless given. */
function take(shop: TestShop, way: Way, wish: { _id?: string; lateAfter?: string } = {}, model?: string) {
  const start = order(way, { _id: way.replace(' ', '-'), repo, ...wish })
  return run(shop, { ...start, ...(model ? { bpmnProcessId: model } : {}) })
}

function takeGrpc(shop: TestShop, way: Way) {
  return take(shop, way, {}, 'order-fulfilment-grpc')
}

async function run(shop: TestShop, { bpmnProcessId, variables }: { bpmnProcessId: string; variables: object }) {
  const instance = { bpmnProcessId, variables: { ...variables }, requestTimeout: 20_000 }
  return (await createInstanceWithResult(shop.engine, instance)).variables
}

/** The command line's list of them, run by a process of its own. */
async function incidents(shop: TestShop): Promise<{ key: string; message: string; elementId: string }[]> {
  const lines = (await commitbase(shop, 'incidents', '--json')).trim().split('\n')
  return lines.filter(Boolean).map((line) => JSON.parse(line))
}

async function commitbase(shop: TestShop, ...args: string[]): Promise<string> {
  const script = join(import.meta.dirname, '../../scripts/commitbase.mjs')
  const address = ['--address', shop.engine.address]
  return (await promisify(execFile)(process.execPath, [script, ...args, ...address])).stdout
}

/** How many jobs of *Raise incident*, and incidents, there were in the whole history of the engine's state. */
async function everRaised({ hub }: TestShop): Promise<{ jobs: number; incidents: number }> {
  await hub.idle()
  const commits = (await git(hub.folder, 'rev-list', 'refs/commitbase/engine', '--', 'instances')).split('\n')
  const jobs = new Set<string>()
  const raised = new Set<string>()
  for (const commit of commits) {
    for (const document of await instancesAt(hub.folder, commit)) {
      for (const job of document.jobs) if (job.type === 'raise-incident') jobs.add(String(job.key))
      for (const incident of document.incidents) raised.add(String(incident.key))
    }
  }
  return { jobs: jobs.size, incidents: raised.size }
}

interface InstanceDocument {
  readonly jobs: readonly { readonly key: number; readonly type: string }[]
  readonly incidents: readonly { readonly key: number }[]
}

async function instancesAt(folder: string, commit: string): Promise<InstanceDocument[]> {
  const paths = (await git(folder, 'ls-tree', '-r', '--name-only', commit, 'instances/')).split('\n').filter(Boolean)
  return Promise.all(paths.map(async (path) => JSON.parse(await git(folder, 'show', `${commit}:${path}`))))
}

function assertSound({ status, words }: { status: number; words: string }): void {
  assert.deepEqual([status, words], [0, ''])
}
