import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { DeferredEntry } from '../../git/deferred.ts'
import { openMemory } from '../../git/memory.ts'
import { treeOf } from '../../git/objects/commit.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { Workspace } from '../../git/workspace.ts'
import { appendReceipt } from '../testing/appendReceipt.ts'
import { checkReceipts } from './checkReceipts.ts'
import { eventKey } from './eventKey.ts'
import { type ReceiptStatus, receiptsRef } from './receipt.ts'
import { type Receipts, receiptsOn, writeReceipts } from './receipts.ts'

const source = 'https://github.com/a/b'
let repository: Repository

beforeEach(async () => {
  repository = openMemory()
  await land(async (receipts) => {
    await append(receipts, 'one')
    await append(receipts, 'broken', 'failed')
  })
})

async function append(receipts: Receipts, id: string, status: ReceiptStatus = 'done'): Promise<void> {
  const time = '2026-01-01T00:00:00.000Z'
  const event = { id, source, type: 'restock', time, correlationid: id }
  await appendReceipt(receipts, { event, digest: id, status, messages: [], time })
  await writeReceipts(currentTree, waiting.splice(0))
}

/** What waits for its fold, which comes at once here: a change goes on with the tree. */
const waiting: DeferredEntry[] = []
let currentTree: WorkingTree
const tail = {
  defer: (entry: DeferredEntry) => void waiting.push(entry),
  deferred: () => undefined,
  newestDeferred: function* () {},
}

type Change = (receipts: Receipts, tree: WorkingTree) => Promise<unknown>

/** Changes the receipts, and gives the root before and after. */
async function land(change: Change): Promise<[Oid | null, Oid]> {
  const workspace = await Workspace.open(repository, [receiptsRef])
  const tree = workspace.tree(receiptsRef)
  currentTree = tree
  const before = await rootOf()
  await change(receiptsOn(tree, tail), tree)
  workspace.commit(receiptsRef, { message: 'Receipts', author: { name: 'a', email: 'a@b' }, time: 0 })
  assert.equal(await workspace.land(), 'landed')
  return [before, (await rootOf())!]
}

async function rootOf(): Promise<Oid | null> {
  const oid = (await repository.refs([receiptsRef])).get(receiptsRef)
  if (!oid) return null
  const [commit] = await repository.read([oid])
  return treeOf(commit!.body)
}

async function problemsOf(change: Change): Promise<string[]> {
  const [before, after] = await land(change)
  return checkReceipts(before, after, (oids) => repository.read(oids))
}

const key = (id: string) => eventKey(source, id)
const fileOf = (id: string) => [key(id).slice(0, 2), `${key(id)}.json`]

test('receipts that go on from those that are there are taken, and a successor of a failed one', async () => {
  assert.deepEqual(
    await problemsOf(async (receipts, tree) => {
      for (let more = 0; more < 300; more++) await append(receipts, String(more))
      await append(receipts, 'broken')
      await tree.write(['dead', `${key('one')}-0.json`], Buffer.from('{}'))
    }),
    [],
  )
})

test('the receipts of another repository are taken where there are none', async () => {
  const after = (await rootOf())!
  assert.deepEqual(await checkReceipts(null, after, (oids) => repository.read(oids)), [])
})

test('a receipt that moves down with its folder is the same receipt', async () => {
  const [folder, file] = fileOf('one')
  assert.deepEqual(
    await problemsOf(async (_receipts, tree) => {
      const child = (await tree.get(fileOf('one')))!
      await tree.remove(fileOf('one'))
      tree.placeNow([folder!, key('one').slice(2, 4), file!], child)
    }),
    [],
  )
})

for (const [what, change, words] of [
  ['all are gone', async (_, tree) => removeAll(tree), /^last\.json: it must be {"seq": <number>} from 2 on$/],
  ['one is gone', async (_, tree) => tree.remove(fileOf('one')), /[0-9a-f]{64}: a receipt stays as it is/],
  [
    'its place is gone',
    async (_, tree) => tree.remove(['order', '00', '00', '00', '01.json']),
    /order.*stays as it is/,
  ],
  ['one has changed', async (_, tree) => rewrite(tree, 'one', { seq: 3 }), /a receipt stays as it is/],
  ['the count went back', async (_, tree) => tree.write(['last.json'], Buffer.from('{"seq":1}')), /^last\.json/],
  ['the count is none', async (_, tree) => tree.write(['last.json'], Buffer.from('{"seq":"x"}')), /^last\.json/],
  [
    'there is something else',
    async (_, tree) => tree.write(['db', 'x.json'], Buffer.from('{}')),
    /^db\/x\.json: nothing of/,
  ],
  [
    'it sits in a wrong folder',
    async (_, tree) => tree.write(['00', `${'1'.repeat(64)}.json`], Buffer.from('{}')),
    /^00\/1+/,
  ],
  [
    'it is no receipt',
    async (_, tree) => tree.write(['11', `${'1'.repeat(64)}.json`], Buffer.from('{}')),
    /the receipt of the event/,
  ],
  [
    'it owes a message that nobody could deliver',
    async (receipts, tree) => {
      await append(receipts, 'x')
      await rewrite(tree, 'x', { messages: [{ name: 'SOLD' }] })
    },
    /the receipt of the event/,
  ],
  [
    'its place is taken',
    async (receipts, tree) => {
      await append(receipts, 'x')
      await rewrite(tree, 'x', { seq: 1 })
    },
    /its seq must be above 2 and at most 3; got 1/,
  ],
  [
    'its place holds another',
    async (receipts, tree) => {
      await append(receipts, 'x')
      await rewrite(tree, 'x', { digest: 'y' })
    },
    /order\/00\/00\/00\/03\.json: /,
  ],
] as const satisfies readonly (readonly [string, Change, RegExp])[])
  test(`receipts are refused where ${what}`, async () => {
    assert.match((await problemsOf(change)).join('\n'), words)
  })

async function removeAll(tree: WorkingTree): Promise<void> {
  for (const name of (await tree.list([])).keys()) await tree.remove([name])
}

async function rewrite(tree: WorkingTree, id: string, change: object): Promise<void> {
  const receipt = JSON.parse((await tree.read(fileOf(id)))!.toString())
  await tree.write(fileOf(id), Buffer.from(JSON.stringify({ ...receipt, ...change })))
}
