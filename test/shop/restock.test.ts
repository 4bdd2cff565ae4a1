import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restock, sampleProducts } from '../../examples/shop/orders.ts'
import type { Happening } from '../../src/hub/happening.ts'
import { git, receiptOf, repository as repo, runGit } from '../../src/hub/testing/testHub.ts'
import { createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { openTestShop, type TestShop } from './openTestShop.ts'

test('a hundred products restocked in parallel are a hundred records and commits, and each message correlates once', async (t) => {
  const shop = await openTestShop(t)
  const taken = messagesTaken(shop)
  const products = sampleProducts(100)
  const { variables } = await run(shop, { _id: 'monday', products, parallel: true, stockLevel: 7 })
  const restocked = variables.restocked as { _id: string; stock_level: number }[]
  assert.deepEqual(
    restocked.map(({ _id, stock_level }) => [_id, stock_level]),
    products.map(({ _id }) => [_id, 7]),
    'each body of the loop got the message of its own product',
  )
  const commits = await shop.commits()
  assert.equal(commits.length, 100)
  assert.equal(new Set(commits.map(({ trailers }) => trailers['Event-Id'])).size, 100)
  assert.deepEqual(
    commits.map(({ subject }) => subject).sort(),
    products.map(({ _id }) => `UPSERT stock/${_id}`),
  )
  await atLeast(shop, 100, taken)
  const keys = taken.map(({ message }) => message.correlationKey)
  assert.deepEqual(keys.sort(), products.map(({ _id }) => `monday-${_id}`).sort())
  assert.equal(new Set(taken.map(({ message }) => message.messageId)).size, 100)
  const files = (await git(shop.hub.folder, 'ls-tree', '-r', '--name-only', 'main', 'db/stock/')).split('\n')
  assert.deepEqual(
    files.map((file) => file.replace('db/stock/', '').replace('.json', '')),
    products.map(({ _id }) => _id),
  )
  const fsck = await runGit(shop.hub.folder, 'fsck', '--full', '--strict')
  assert.deepEqual([fsck.status, fsck.words], [0, ''])
})

test('ten products one after the other: each waits for the message of the one before', async (t) => {
  const shop = await openTestShop(t)
  const told: string[] = []
  shop.hub.on((happening) => {
    if (happening.type === 'accepted') told.push('in')
    if (happening.type === 'message-taken') told.push('out')
  })
  const products = sampleProducts(10)
  await run(shop, { _id: 'tuesday', products })
  await atLeast(shop, 20, told)
  assert.deepEqual(
    told,
    products.flatMap(() => ['in', 'out']),
  )
  assert.deepEqual(
    (await shop.commits()).map(({ subject }) => subject),
    products.map(({ _id }) => `UPSERT stock/${_id}`),
  )
})

test('the same dispatch sent three times: one commit, one receipt, one message; with other content it is refused', async (t) => {
  const shop = await openTestShop(t)
  const taken = messagesTaken(shop)
  const [product] = sampleProducts(1)
  const payload = { event_id: 'once', _id: 'wednesday', product, stock_level: 4 }
  await Promise.all([1, 2, 3].map(() => shop.dispatch('restock_item', payload)))
  const receipt = await receiptOf(shop.hub, 'once')
  await shop.dispatch('restock_item', payload)
  await shop.hub.idle()
  assert.deepEqual(await receiptOf(shop.hub, 'once'), receipt)
  const commits = await shop.commits()
  assert.deepEqual(
    commits.map(({ id }) => id),
    [receipt.commit],
  )
  const receipts = await git(shop.hub.folder, 'ls-tree', '-r', '--name-only', 'refs/commitbase/receipts')
  assert.equal(receipts.match(/^[0-9a-f]{2}\/.*\.json$/gm)?.length, 1)
  await assert.rejects(shop.dispatch('restock_item', { ...payload, stock_level: 5 }), { status: 409 })
  assert.equal((await shop.commits()).length, 1)
  // A message that came twice would let a second instance go on; what comes after it in the outbox shows that it was not sent.
  await shop.apply('restock_item', { ...payload, event_id: 'afterwards', _id: 'thursday' })
  await atLeast(shop, 2, taken)
  assert.deepEqual(
    taken.map(({ message }) => message.correlationKey),
    ['wednesday', 'thursday'],
  )
})

type Taken = Happening & { readonly type: 'message-taken' }

/** The messages that the engine takes from now on. */
function messagesTaken(shop: TestShop): Taken[] {
  const taken: Taken[] = []
  shop.hub.on((happening) => {
    if (happening.type === 'message-taken') taken.push(happening)
  })
  return taken
}

/** Resolves when the hub has told so much: the last message is told a little after the instance has gone on. */
async function atLeast(shop: TestShop, length: number, told: readonly unknown[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (told.length >= length) resolve()
  }
  shop.hub.on(look)
  look()
  await promise
}

function run(shop: TestShop, wish: Omit<Parameters<typeof restock>[0], 'repo'>) {
  const { bpmnProcessId, variables } = restock({ ...wish, repo })
  return createInstanceWithResult(shop.engine, { bpmnProcessId, variables: { ...variables }, requestTimeout: 25_000 })
}
