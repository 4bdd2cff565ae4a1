import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { git } from '../../git/commands/git.ts'
import { openLocal } from '../../git/local/local.ts'
import { takeOwnership } from '../../git/local/owner.ts'
import { openMemory } from '../../git/memory.ts'
import { makeObject } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import { afterwards } from '../../git/testing/afterwards.ts'
import { assertSound, newFolder } from '../../git/testing/gitFolder.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import { appendReceipt } from '../testing/appendReceipt.ts'
import { eventKey } from './eventKey.ts'
import { foldReceipts } from './foldReceipts.ts'
import { pruneReceipts } from './pruneReceipts.ts'
import { type OwedMessage, type Receipt, receiptsRef } from './receipt.ts'
import { receiptsIn } from './receipts.ts'

const source = 'https://github.com/a/b'
const branch = 'refs/heads/main'
const cursor = 'refs/commitbase/cursors/hub'
const author = { name: 'a', email: 'a@b' }
const fold = foldReceipts(author, () => 0)
const day = 24 * 3_600_000
const message: OwedMessage = { name: 'M', correlationKey: 'k', variables: {}, timeToLive: 1, messageId: 'm' }

interface Opened {
  readonly repository: Repository
  readonly writer: Writer
  readonly seal?: () => Promise<void>
}

/** A repository in memory, whose receipts are in their tree at once. */
function inMemory(): Opened {
  const repository = openMemory()
  return { repository, writer: new Writer({ repository, refs: [branch, receiptsRef], fold }) }
}

/** A folder of ours, whose receipts get there with a seal. */
async function inFolder(t: TestContext, folder: string): Promise<Opened & { close(): Promise<void> }> {
  const ownership = await takeOwnership(folder)
  const repository = await openLocal(folder, { ownership, fold })
  const close = async () => {
    await repository.close()
    await ownership.release()
  }
  afterwards(t, close)
  const writer = new Writer({ repository, refs: [branch, receiptsRef], fold })
  return { repository, writer, seal: () => repository.seal(), close }
}

/** Each of the events is a day after the one before. */
async function append(opened: Opened, from: number, count: number, owes: (number: number) => boolean = () => false) {
  await opened.writer.submit(async (workspace) => {
    const receipts = receiptsIn(workspace)
    for (let number = from; number < from + count; number++) {
      const time = new Date(number * day).toISOString()
      const event = { id: `e${number}`, source, type: 'x', time, correlationid: 'c' }
      await appendReceipt(receipts, {
        event,
        digest: 'd',
        status: 'done',
        messages: owes(number) ? [message] : [],
        time,
      })
    }
  })
  await opened.seal?.()
}

async function declare(opened: Opened, receipts: object): Promise<void> {
  await opened.writer.submit(async (workspace) => {
    await workspace.tree(branch).write(['db', '.commitbase.json'], Buffer.from(JSON.stringify({ receipts })))
    workspace.commit(branch, { message: 'Settings', author, time: 0 })
  })
}

async function standAt(opened: Opened, seq: number): Promise<void> {
  const blob = makeObject('blob', Buffer.from(JSON.stringify({ seq })))
  const from = (await opened.repository.refs([cursor])).get(cursor) ?? null
  await opened.writer.submit(async (workspace) => workspace.point(cursor, from, blob))
}

function prune(opened: Opened, today: number): Promise<number> {
  return pruneReceipts({ ...opened, branch, basedir: 'db', now: today * day })
}

async function kept({ repository }: Opened): Promise<number[]> {
  const receipts: Receipt[] = await receiptsIn(await Workspace.open(repository, [receiptsRef])).after(0, 100_000)
  return receipts.map(({ seq }) => seq)
}

test('receipts older than 90 days are forgotten unless the settings say another number, and their places are not given again', async () => {
  const opened = inMemory()
  await append(opened, 0, 200)
  assert.equal(await prune(opened, 199), 109)
  assert.deepEqual([(await kept(opened))[0], (await kept(opened)).length], [110, 91])
  assert.equal(await prune(opened, 199), 0)
  await declare(opened, { days: 10 })
  assert.equal(await prune(opened, 199), 80)
  const receipts = receiptsIn(await Workspace.open(opened.repository, [receiptsRef]))
  assert.equal(await receipts.find(eventKey(source, 'e188')), undefined)
  assert.equal((await receipts.find(eventKey(source, 'e189')))?.seq, 190)
  await append(opened, 200, 1)
  assert.equal((await kept(opened)).at(-1), 201)
})

test('no more than so many are kept', async () => {
  const opened = inMemory()
  await declare(opened, { most: 10_000 })
  await append(opened, 0, 11_500)
  assert.equal(await prune(opened, 0), 1_500)
  assert.deepEqual([(await kept(opened))[0], (await kept(opened)).length], [1_501, 10_000])
})

test('what a cursor has not passed stays; without a cursor, what owes a message', async () => {
  const opened = inMemory()
  await append(opened, 0, 20, (number) => number === 7)
  assert.equal(await prune(opened, 1_000), 7)
  assert.equal((await kept(opened))[0], 8)
  await standAt(opened, 12)
  assert.equal(await prune(opened, 1_000), 5)
  await standAt(opened, 20)
  assert.equal(await prune(opened, 1_000), 8)
  assert.deepEqual(await kept(opened), [])
  await append(opened, 20, 1)
  assert.deepEqual(await kept(opened), [21])
})

test('dead letters go with the receipts that owed them', async () => {
  const opened = inMemory()
  await append(opened, 0, 2, () => true)
  await standAt(opened, 2)
  await opened.writer.submit(async (workspace) => {
    for (const seq of [1, 2]) {
      const event = { id: `e${seq}`, source, type: 'x', time: '', correlationid: 'c' }
      receiptsIn(workspace).bury({ message: { ...message, messageId: `m${seq}` }, event, seq, reason: 'no' })
    }
  })
  assert.equal(await prune(opened, 91), 1)
  const letters = await (await Workspace.open(opened.repository, [receiptsRef])).tree(receiptsRef).list(['dead'])
  assert.deepEqual([...letters.keys()], ['m2.json'])
})

test('in a folder of ours the ref begins anew without them, others write meanwhile, and the next owner finds the same', async (t) => {
  const folder = await newFolder(t)
  const first = await inFolder(t, folder)
  await append(first, 0, 2_500)
  const pruned = prune(first, 2_499)
  const written = Array.from({ length: 10 }, (_, index) => append({ ...first, seal: undefined }, 2_500 + index, 1))
  await Promise.all([pruned, ...written])
  assert.equal(await pruned, 2_409)
  await first.close()
  await assertSound(folder)
  const second = await inFolder(t, folder)
  assert.deepEqual(
    await kept(second),
    Array.from({ length: 101 }, (_, index) => 2_410 + index),
  )
  await second.close()
  const before = await git([`--git-dir=${folder}`, 'log', '--oneline', receiptsRef, '--', 'order/00/00/00/01.json'])
  assert.equal(before.toString(), '', 'no commit knows the first receipt')
})
