import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { lateAnswer, order, sampleProducts } from '../../examples/shop/orders.ts'
import {
  cloneAddress,
  git,
  newFolder,
  nextHappening,
  receiptOf,
  repository as repo,
  runGit,
} from '../../src/hub/testing/testHub.ts'
import { createInstance } from '../../src/zeebe/createInstance.ts'
import { setVariables } from '../../src/zeebe/setVariables.ts'
import { openTestShop, type TestShop } from '../shop/openTestShop.ts'
import { assertSound, clone, commitAll, edit, readJson } from './clone.ts'

const [cup] = sampleProducts(1) as [ReturnType<typeof sampleProducts>[number]]
const file = `db/stock/${cup._id}.json`

test("a plain clone has the records and each record's history", async (t) => {
  const shop = await openTestShop(t)
  for (const level of [3, 5]) await restock(shop, level)
  const work = await clone(t, shop.hub)
  assert.deepEqual(Object.keys(await readJson(join(work, file))), ['_id', 'name', 'price', 'stock_level', '_updated'])
  const history = await git(work, 'log', '-p', '--', file)
  assert.match(history, /^- {2}"stock_level": 3,\n.*\n\+ {2}"stock_level": 5,$/m)
  assert.match(history, /^ {4}UPSERT stock\/product-001$/m)
  assert.match(history, /^ {4}Event-Id: level-5$/m)
  assert.equal(await git(work, 'status', '--porcelain'), '')
  assert.equal(await git(work, 'branch', '--show-current'), 'main')
})

test('a revert of a write and a push bring the record back, and the next order goes by it', async (t) => {
  const shop = await openTestShop(t)
  for (const level of [3, 0]) await restock(shop, level)
  const work = await clone(t, shop.hub)
  await git(work, 'revert', '--no-edit', 'HEAD')
  await git(work, 'push')
  assert.equal((await shop.record('stock', cup._id))?.stock_level, 3)
  await shop.apply('decrement_stock', { event_id: 'take', _id: 'order-1', product: cup, quantity: 2 })
  assert.deepEqual((await receiptOf(shop.hub, 'take')).result, { decremented: true, stock_level: 1 })
  await git(work, 'pull', '--ff-only')
  assert.equal((await readJson(join(work, file))).stock_level, 1)
  await assertSound(shop.hub.folder)
})

test('an edited, a new and a deleted record are pushed; one that breaks is refused with its file and the reason', async (t) => {
  const shop = await openTestShop(t)
  await shop.apply('demo_data', { event_id: 'demo' })
  const work = await clone(t, shop.hub)
  await edit(work, 'db/stock/milk-jug.json', (text) => text.replace('"stock_level": 40', '"stock_level": 41'))
  await edit(work, 'db/note/first.json', () => '{"_id": "first", "text": "by hand"}')
  await git(work, 'rm', '-q', 'db/stock/copper-kettle.json')
  await commitAll(work, 'Count again')
  await git(work, 'push')
  assert.equal((await shop.record('stock', 'milk-jug'))?.stock_level, 41)
  assert.equal((await shop.record('note', 'first'))?.text, 'by hand')
  assert.equal(await shop.record('stock', 'copper-kettle'), undefined)
  const tip = await git(shop.hub.folder, 'rev-parse', 'main')
  await edit(work, 'db/stock/milk-jug.json', (text) => text.replace('41,', '41'))
  await commitAll(work, 'Forget a comma')
  const refused = await runGit(work, 'push')
  assert.notEqual(refused.status, 0)
  assert.match(refused.words, /^remote: db\/stock\/milk-jug\.json: .*JSON/m)
  assert.equal(await git(shop.hub.folder, 'rev-parse', 'main'), tip)
  await git(work, 'reset', '-q', '--hard', 'HEAD~1')
  await edit(work, 'docs/readme.md', () => 'Outside db/ everything goes.\n')
  await commitAll(work, 'Write it down')
  await git(work, 'push')
  await assertSound(shop.hub.folder)
})

test('the served branch is never rewritten; another branch may be', async (t) => {
  const shop = await openTestShop(t)
  for (const level of [3, 5]) await restock(shop, level)
  const work = await clone(t, shop.hub)
  await git(work, 'push', 'origin', 'main:mine')
  await git(work, 'commit', '-q', '--amend', '--no-edit', '--allow-empty', '-m', 'Another story')
  const forced = await runGit(work, 'push', '--force', 'origin', 'main')
  assert.notEqual(forced.status, 0)
  assert.match(forced.words, /remote: refs\/heads\/main: .*forward/)
  await git(work, 'push', '--force', 'origin', 'main:mine')
  assert.equal(await git(shop.hub.folder, 'log', '-1', '--format=%s', 'mine'), 'Another story')
  assert.match(await git(shop.hub.folder, 'log', '-1', '--format=%s', 'main'), /^UPSERT stock/)
})

test('a push and dispatches at the same time both land', async (t) => {
  const shop = await openTestShop(t)
  await restock(shop, 3)
  const work = await clone(t, shop.hub)
  await edit(work, 'db/note/first.json', () => '{"_id": "first"}')
  await commitAll(work, 'Note')
  const pushed = (async () => {
    while ((await runGit(work, 'push')).status !== 0) await git(work, 'pull', '-q', '--rebase')
  })()
  await Promise.all([pushed, ...[1, 2, 4, 5, 6].map((level) => restock(shop, level))])
  assert.equal(await git(shop.hub.folder, 'rev-list', '--count', '--no-merges', 'main'), '7')
  assert.ok(await shop.record('note', 'first'))
  await assertSound(shop.hub.folder)
})

test('a mirror clone opened by a second hub goes on: records, receipts, and the processes that wait', async (t) => {
  const first = await openTestShop(t)
  await restock(first, 3)
  const shipped = nextHappening(
    first.hub,
    (happening) => happening.type === 'committed' && happening.event.type === 'ship_to_customer',
  )
  const start = order('late', { _id: 'late', repo })
  const instance = await createInstance(first.engine, { ...start, variables: { ...start.variables } })
  await shipped
  const folder = join(await newFolder(t), 'shop.git')
  await git('/', 'clone', '-q', '--mirror', cloneAddress(first.hub), folder)
  await first.stop()
  const second = await openTestShop(t, { folder })
  assert.equal((await second.record('stock', cup._id))?.stock_level, 2)
  const before = await git(folder, 'rev-parse', 'main')
  const known = await receiptOf(second.hub, 'level-3')
  await restock(second, 3)
  await second.hub.idle()
  assert.equal(await git(folder, 'rev-parse', 'main'), before, 'the event is known from the first hub')
  assert.deepEqual(await receiptOf(second.hub, 'level-3'), known)
  await setVariables(second.engine, instance.processInstanceKey, {})
  const { event_type, client_payload } = lateAnswer('late')
  const taken = nextHappening(second.hub, ({ type }) => type === 'message-taken')
  await second.apply(event_type, { event_id: '', ...client_payload })
  await taken
  await second.hub.idle()
  assert.equal(await git(folder, 'rev-list', '--count', `${before}..main`), '1')
  assert.equal(await git(folder, 'ls-tree', '-r', '--name-only', 'refs/commitbase/engine', 'instances/'), '')
  await assertSound(folder)
})

test('a repository of GhettoHub opens as it is: flat tables, its way to write, no receipts', async (t) => {
  const folder = join(await newFolder(t), 'shop.git')
  await makePredecessor(folder, await newFolder(t))
  const shop = await openTestShop(t, { folder })
  assert.equal(shop.hub.branch, 'refs/heads/master')
  assert.equal((await shop.record('customer', ids[1]))?.name, 'Customer 1')
  const before = await git(folder, 'rev-parse', 'master')
  const customer = { email: 'customer-0@example.org', name: 'Customer 0', address: 'moved' }
  await shop.apply('upsert_customer', { event_id: 'move', customer })
  assert.equal((await shop.record('customer', ids[0]))?.address, 'moved', 'found by its e-mail, kept under its id')
  assert.deepEqual(
    (await git(folder, 'diff', '--name-status', before, 'master')).split('\n'),
    [`M\tdb/customer/${ids[0]}.json`],
    'what nobody wrote stays as it was',
  )
  const work = await clone(t, shop.hub)
  assert.match(await git(work, 'log', '--format=%s', '--', `db/customer/${ids[0]}.json`), /UPSERT.*\n.*operation/)
  await assertSound(folder)
})

const ids = Array.from({ length: 3 }, (_, index) => `9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6${index}`) as [string, string]

/** As its Action left one behind: a branch `master`, one folder a table, no newline at a file's end, `_updated` as JavaScript says a date, `__dirty`. */
async function makePredecessor(folder: string, work: string): Promise<void> {
  await git(work, 'init', '-q', '-b', 'master')
  for (const [index, _id] of ids.entries()) {
    const record = { name: `Customer ${index}`, email: `customer-${index}@example.org` }
    const own = { _updated: 'Tue May 12 2020 09:30:00 GMT+0000 (Coordinated Universal Time)', _id, __dirty: true }
    await edit(work, `db/customer/${_id}.json`, () => JSON.stringify({ ...record, ...own }, null, 2))
  }
  await edit(work, 'README.md', () => '# My shop\n')
  await commitAll(work, 'Ghetto DB operation')
  await git('/', 'clone', '-q', '--bare', work, folder)
}

async function restock(shop: TestShop, stock_level: number): Promise<void> {
  await shop.apply('restock_item', { event_id: `level-${stock_level}`, product: cup, stock_level })
}
