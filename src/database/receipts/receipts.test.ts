import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import type { Repository } from '../../git/repository.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { Workspace } from '../../git/workspace.ts'
import { appendReceipt, type ReceiptDraft } from '../testing/appendReceipt.ts'
import { eventKey } from './eventKey.ts'
import { foldReceipts } from './foldReceipts.ts'
import { receiptsRef } from './receipt.ts'
import { type Receipts, receiptsIn, receiptsOn, writeReceipts } from './receipts.ts'

const source = 'https://github.com/a/b'
const details = { message: 'RECEIPTS', author: { name: 'a', email: 'a@b' }, time: 0 }

function draft(id: string, more: Partial<ReceiptDraft> = {}): ReceiptDraft {
  const time = '2026-01-01T00:00:00.000Z'
  const event = { id, source, type: 'restock_item', time, correlationid: id }
  return { event, digest: 'd', status: 'done', messages: [], time, ...more }
}

async function open(repository: Repository): Promise<{ workspace: Workspace; receipts: Receipts }> {
  const workspace = await Workspace.open(repository, [receiptsRef])
  return { workspace, receipts: receiptsIn(workspace) }
}

test('a receipt gets the next place and is found by the key of its event', async () => {
  const { receipts } = await open(openMemory())
  assert.equal(await receipts.last(), 0)
  assert.equal(await receipts.find(eventKey(source, '7')), undefined)
  const first = await appendReceipt(receipts, draft('7', { result: { a: 1 }, commit: 'c' }))
  const second = await appendReceipt(receipts, draft('8'))
  assert.deepEqual([first.seq, second.seq, await receipts.last()], [1, 2, 2])
  assert.deepEqual(await receipts.find(eventKey(source, '7')), first)
  assert.deepEqual(first, { seq: 1, ...draft('7', { result: { a: 1 }, commit: 'c' }) })
  assert.equal(await receipts.find(eventKey('elsewhere', '7')), undefined)
})

test('who reads in order while a failed one makes room for its successor reads either of them', async () => {
  const entryOf = (id: string, seq: number, status: ReceiptDraft['status']) => {
    const receipt = { seq, ...draft(id, { status }) }
    return { key: eventKey(source, id), bytes: Buffer.from(JSON.stringify(receipt)) }
  }
  const found = new Set<string>()
  for (let ticks = 0; ticks < 60; ticks++) {
    const tree = new WorkingTree(null, async () => [])
    await writeReceipts(tree, [entryOf('a', 1, 'failed'), entryOf('b', 2, 'done')])
    const reading = receiptsOn(tree).after(0, 10)
    for (let tick = 0; tick < ticks; tick++) await undefined
    await writeReceipts(tree, [entryOf('a', 3, 'done')])
    found.add((await reading).map(({ seq }) => seq).join())
  }
  assert.ok(found.has('1,2') && found.has('2,3'))
  assert.ok([...found].every((seqs) => ['1,2', '2', '2,3'].includes(seqs)))
})

test('the layout is the one that is documented', async () => {
  const { workspace, receipts } = await open(openMemory())
  for (let seq = 1; seq <= 0x12f; seq++) await appendReceipt(receipts, draft(String(seq)))
  await workspace.land(foldReceipts(details.author, () => 0))
  const tree = workspace.tree(receiptsRef)
  const key = eventKey(source, '303')
  // printf 'https://github.com/a/b\\x00303' | sha256sum
  assert.equal(key, 'cb929d3e650d25058d987c4be136667b8fc7ab6c2cb7187b9c9d00fb0cf77e17')
  const byKey = await tree.get([key.slice(0, 2), `${key}.json`])
  const byPlace = await tree.get(['order', '00', '00', '01', '2f.json'])
  assert.equal(byKey?.kind, 'file')
  assert.deepEqual(byPlace, byKey)
  assert.equal((await tree.read(['last.json']))?.toString(), '{"seq": 303}\n')
})

test('receipts are read on in order, across folders, from any place, whether they are in the tree yet or not', async () => {
  const { workspace, receipts } = await open(openMemory())
  for (let seq = 1; seq <= 300; seq++) await appendReceipt(receipts, draft(String(seq)))
  await workspace.land(foldReceipts(details.author, () => 0))
  for (let seq = 301; seq <= 600; seq++) await appendReceipt(receipts, draft(String(seq)))
  const places = async (after: number, limit: number) => (await receipts.after(after, limit)).map(({ seq }) => seq)
  assert.deepEqual(await places(0, 3), [1, 2, 3])
  assert.deepEqual(await places(254, 4), [255, 256, 257, 258])
  assert.deepEqual(await places(298, 4), [299, 300, 301, 302])
  assert.deepEqual(await places(255, 1), [256])
  assert.deepEqual(await places(598, 100), [599, 600])
  assert.deepEqual(await places(600, 100), [])
  assert.equal((await places(0, 1000)).length, 600)
})

test('a failed receipt makes room for its successor, which gets a place of its own', async () => {
  const { receipts } = await open(openMemory())
  await appendReceipt(receipts, draft('7', { status: 'failed', error: { code: 'internal', message: 'x' } }))
  await appendReceipt(receipts, draft('8'))
  const again = await appendReceipt(receipts, draft('7'))
  assert.equal(again.seq, 3)
  assert.deepEqual(
    (await receipts.after(0, 10)).map(({ seq, event }) => [seq, event.id]),
    [
      [2, '8'],
      [3, '7'],
    ],
  )
  await assert.rejects(appendReceipt(receipts, draft('7')), {
    code: 'conflict',
    message: /event '7' .*done, number 3$/,
  })
})

test('a failed receipt that is in the tree leaves the order with its successor, also with one that was read again after a crash', async () => {
  const { workspace, receipts } = await open(openMemory())
  const fold = foldReceipts(details.author, () => 0)
  const failed = { status: 'failed', error: { code: 'internal', message: 'x' } } as const
  for (const id of ['7', '8']) await appendReceipt(receipts, draft(id, failed))
  await workspace.land(fold)
  await appendReceipt(receipts, draft('7'))
  await workspace.land(fold)
  const readAgain = { key: eventKey(source, '8'), bytes: Buffer.from(JSON.stringify({ seq: 4, ...draft('8') })) }
  await writeReceipts(workspace.tree(receiptsRef), [readAgain])
  assert.deepEqual(
    (await receipts.after(0, 10)).map(({ seq, event }) => [seq, event.id]),
    [
      [3, '7'],
      [4, '8'],
    ],
  )
})

test('a result above 64 KiB is left out', async () => {
  const { receipts } = await open(openMemory())
  const fits = 'x'.repeat(65_534)
  assert.equal((await appendReceipt(receipts, draft('1', { result: fits }))).result, fits)
  const large = await appendReceipt(receipts, draft('2', { result: `${fits}x` }))
  assert.equal('result' in large, false)
  assert.equal('result' in (await receipts.find(eventKey(source, '2')))!, false)
})

test('a receipt is found by reading the commit and three objects', async () => {
  const repository = openMemory()
  const { workspace, receipts } = await open(repository)
  for (let seq = 1; seq <= 300; seq++) await appendReceipt(receipts, draft(String(seq)))
  await workspace.land(foldReceipts(details.author, () => 0))
  const reads: number[] = []
  const read: Repository['read'] = (oids) => {
    reads.push(oids.length)
    return repository.read(oids)
  }
  const counted = await open({ ...repository, read, find: undefined })
  assert.equal((await counted.receipts.find(eventKey(source, '7')))?.seq, 7)
  assert.deepEqual(reads, [1, 1, 1, 1])
})

test('receipts that are folded change the folders of those before them: a delta says it', async () => {
  const tree = new WorkingTree(null, async () => [])
  const entries = Array.from({ length: 8_000 }, (_, index) => {
    const receipt = { seq: index + 1, ...draft(String(index)) }
    return { key: eventKey(source, String(index)), bytes: Buffer.from(JSON.stringify(receipt)) }
  })
  await writeReceipts(tree, entries.slice(0, 6_000))
  tree.seal()
  await writeReceipts(tree, entries.slice(6_000))
  const trees = tree.seal().objects.filter(({ type }) => type === 'tree')
  const folders = trees.filter(({ delta }) => delta)
  assert.ok(folders.length > 250, `${folders.length} of ${trees.length} trees are deltas`)
})

const owed = { name: 'SOLD', correlationKey: 'c', variables: {}, timeToLive: 0, messageId: 'm' }

/** Each as somebody with a text editor, or a disk, may leave it. */
const damages: Readonly<Record<string, (tree: WorkingTree, key: string, bytes: Buffer) => Promise<unknown>>> = {
  'two files': (tree, key, bytes) => tree.write([key.slice(0, 2), key.slice(2, 4), `${key}.json`], bytes),
  'a folder in its place': async (tree, key) => {
    await tree.remove([key.slice(0, 2), `${key}.json`])
    await tree.write([key.slice(0, 2), `${key}.json`, 'a'], Buffer.from('a'))
  },
  "another event's receipt": (tree, key) =>
    tree.write([key.slice(0, 2), `${key}.json`], Buffer.from(JSON.stringify({ seq: 1, ...draft('another') }))),
  'no receipt': (tree, key) => tree.write([key.slice(0, 2), `${key}.json`], Buffer.from('{}')),
  ...Object.fromEntries(
    [
      null,
      'SOLD',
      { ...owed, name: 7 },
      { ...owed, correlationKey: undefined },
      { ...owed, variables: [1] },
      { ...owed, variables: undefined },
      { ...owed, timeToLive: -1 },
      { ...owed, messageId: null },
    ].map((message) => [
      `a message ${JSON.stringify(message)}`,
      (tree: WorkingTree, key: string) => {
        const receipt = { seq: 1, ...draft('a'), messages: [owed, message] }
        return tree.write([key.slice(0, 2), `${key}.json`], Buffer.from(JSON.stringify(receipt)))
      },
    ]),
  ),
  'no JSON': (tree, key, bytes) => tree.write([key.slice(0, 2), `${key}.json`], bytes.subarray(1)),
}

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} for a receipt is damage, and says nothing of the event`, async () => {
    const key = eventKey(source, 'a')
    const receipt = { seq: 1, ...draft('a', { messages: [owed] }) }
    const entry = { key, bytes: Buffer.from(JSON.stringify(receipt)) }
    const tree = new WorkingTree(null, async () => [])
    await writeReceipts(tree, [entry])
    assert.deepEqual(await receiptsOn(tree).find(key), receipt)
    await damage(tree, key, entry.bytes)
    await assert.rejects(async () => await receiptsOn(tree).find(key), { code: 'internal' })
    await assert.rejects(writeReceipts(tree, [entry]), { code: 'internal' })
  })
}

test('a last place that is none is damage: nothing gets a place behind it', async () => {
  for (const text of ['{}', '{"seq": "1"}', '{"seq": 1e300}', '[]', '']) {
    const tree = new WorkingTree(null, async () => [])
    await tree.write(['last.json'], Buffer.from(text))
    await assert.rejects(async () => await receiptsOn(tree).last(), { code: 'internal' })
  }
})
