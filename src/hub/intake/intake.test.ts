import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { CommitbaseError } from '../../errors.ts'
import type { Applied } from '../../events/applyEvent.ts'
import { eventDigest } from '../../events/digest.ts'
import type { Event } from '../../events/event.ts'
import { isSurelyNew, noteNew } from '../../events/newEvents.ts'
import { openJournal } from '../../git/disk/journal.ts'
import { openMemory } from '../../git/memory.ts'
import type { Pipeline } from '../../git/pipeline.ts'
import type { Repository } from '../../git/repository.ts'
import { afterwards } from '../../git/testing/afterwards.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import type { Happening } from '../happening.ts'
import { newFolder } from '../testing/testHub.ts'
import { Intake } from './intake.ts'

test('while the repository cannot be written, events wait and keep their order', async (t) => {
  let isAway = true
  const { intake, told, applied } = await start(t, async (event) => {
    if (!isAway) return
    if (event.id === 'c') isAway = false
    throw new CommitbaseError('unavailable', 'the disk is full')
  })
  await Promise.all(['a', 'b', 'c'].map((id) => intake.accept(newEvent(id))))
  await intake.accept(newEvent('d'))
  await intake.idle()
  assert.deepEqual(applied, ['a', 'b', 'c', 'd'])
  assert.deepEqual(
    told.filter(({ type }) => type === 'delayed').map((happening) => Object(happening).reason),
    ['the disk is full', 'the disk is full', 'the disk is full'],
  )
})

test('those that were handed on before one of them could not land keep their order', async (t) => {
  const memory = openMemory()
  const evaluated = Promise.withResolvers<void>()
  let others: Promise<void>[] = []
  // The others come in, and are evaluated, while the first one lands.
  const land: Repository['land'] = async (...landing) => {
    if (others.length > 0) return await memory.land(...landing)
    others = ['b', 'c', 'd'].map((id) => intake.accept(newEvent(id)))
    await evaluated.promise
    throw new CommitbaseError('unavailable', 'the disk is full')
  }
  const writer = new Writer({ repository: { ...memory, land }, refs: [ref] })
  const { intake } = await start(t, ({ id }, pipeline) =>
    writer.submit(async (workspace) => {
      const tree = workspace.tree(ref)
      await tree.write(['order'], Buffer.from(`${(await tree.read(['order'])) ?? ''}${id} `))
      workspace.commit(ref, { message: id, author: { name: 'Ada', email: 'ada@example.org' }, time: 0 })
      if (id === 'c') evaluated.resolve()
    }, pipeline),
  )
  await intake.accept(newEvent('a'))
  await Promise.all(others)
  await intake.idle()
  const workspace = await Workspace.open(memory, [ref])
  assert.equal((await workspace.tree(ref).read(['order']))!.toString(), 'a b c d ')
})

test('messages of what is applied are sent though the branch is held meanwhile', async (t) => {
  const [first, held, applied] = [1, 2, 3].map(() => Promise.withResolvers<void>())
  const waits = [Promise.resolve(), held!.promise]
  const { intake } = await start(t, () => first!.promise, undefined, {
    isFree: async () => await waits.shift(),
    onApplied: () => applied!.resolve(),
  })
  const one = intake.accept(newEvent('a'))
  await setImmediate()
  const other = intake.accept(newEvent('b'))
  while (waits.length > 0) await setImmediate()
  first!.resolve()
  await applied!.promise
  held!.resolve()
  await Promise.all([one, other])
  await intake.idle()
})

test('what could not be applied before the stop is applied at the next start', async (t) => {
  const file = join(await newFolder(t), 'journal')
  const tried = Promise.withResolvers<void>()
  const first = await start(
    t,
    async () => {
      tried.resolve()
      throw new CommitbaseError('unavailable', 'the disk is full')
    },
    file,
  )
  await first.intake.accept(newEvent('a'))
  await tried.promise
  await first.intake.stop(10_000)
  await assert.rejects(first.intake.accept(newEvent('b')), { code: 'unavailable' })
  await first.journal.close()
  const second = await start(t, async () => {}, file)
  second.intake.takeUp()
  second.intake.resume()
  assert.ok(second.intake.has('test', 'a'))
  await second.intake.idle()
  assert.deepEqual(second.applied, ['a'])
  assert.ok(!second.intake.has('test', 'a'))
  assert.deepEqual(second.journal.pending(), [])
})

test('what waits since before a crash is acknowledged at once to who sends it again', async (t) => {
  const file = join(await newFolder(t), 'journal')
  const journal = await openJournal(file)
  await journal.append(Buffer.from(JSON.stringify(newEvent('a'))))
  await journal.close()
  const gate = Promise.withResolvers<void>()
  const { intake, told, applied } = await start(t, () => gate.promise, file)
  intake.takeUp()
  intake.resume()
  await intake.accept(newEvent('a'))
  assert.deepEqual([told, applied], [[], []])
  gate.resolve()
  await intake.idle()
  assert.deepEqual(applied, ['a'])
})

test('a stop does not wait until what failed is tried again: it tries at once', async (t) => {
  let isFull = true
  const { intake, journal, applied } = await start(t, async () => {
    if (isFull) throw new CommitbaseError('unavailable', 'the disk is full')
  })
  await intake.accept(newEvent('a'))
  isFull = false
  const waiting = intake.accept(newEvent('b'))
  await Promise.all([intake.stop(10_000), waiting])
  assert.deepEqual(applied, ['a', 'b'])
  assert.deepEqual(journal.pending(), [])
})

test('what is applied soon is acknowledged with what it did, and never written to the journal', async (t) => {
  const file = join(await newFolder(t), 'journal')
  const { intake, told, applied } = await start(t, async () => {}, file, { patience: 60_000 })
  const before = await readFile(file)
  await Promise.all(['a', 'b'].map((id) => intake.accept(newEvent(id))))
  assert.deepEqual(applied, ['a', 'b'])
  assert.deepEqual(
    told.map(({ type }) => type),
    ['accepted', 'unchanged', 'accepted', 'unchanged'],
  )
  assert.deepEqual(await readFile(file), before)
  await intake.stop(10_000)
})

test('what waits for a slow one is acknowledged from the journal, and leaves it when it is applied', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { intake, journal, told } = await start(t, () => gate.promise)
  await Promise.all(['a', 'b'].map((id) => intake.accept(newEvent(id))))
  await intake.accept(newEvent('c'))
  assert.deepEqual(
    journal.pending().map(({ bytes }) => JSON.parse(bytes.toString()).id),
    ['a', 'b', 'c'],
  )
  assert.deepEqual(
    told.map(({ type }) => type),
    ['accepted', 'accepted', 'accepted'],
  )
  gate.resolve()
  await intake.idle()
  assert.deepEqual(journal.pending(), [])
})

test('one that others are told of before it is applied is looked for, though its id was made for it', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { intake } = await start(t, () => gate.promise, undefined, { patience: 1 })
  const event = newEvent('a')
  noteNew(event)
  await intake.accept(event)
  assert.ok(!isSurelyNew(event))
  gate.resolve()
  await intake.idle()
})

test('one that is refused while it is written to the journal is not told of as accepted', async (t) => {
  const refusal = Promise.withResolvers<void>()
  const { intake, journal, told } = await start(t, () => refusal.promise, undefined, { patience: 1 })
  const append = journal.append.bind(journal)
  t.mock.method(journal, 'append', async (bytes: Buffer) => {
    refusal.reject(new CommitbaseError('conflict', 'it came before with other content'))
    await intake.idle()
    return await append(bytes)
  })
  await assert.rejects(intake.accept(newEvent('a')), { code: 'conflict' })
  await append(Buffer.from('{}'))
  await setImmediate()
  assert.deepEqual(told, [])
  assert.equal(journal.pending().length, 1)
})

test('one that can be neither applied nor kept was not accepted, and may come again', async (t) => {
  let isFull = true
  const { intake, journal, told, applied } = await start(t, async () => {
    if (isFull) throw new CommitbaseError('unavailable', 'the disk is full')
  })
  await journal.close()
  await assert.rejects(intake.accept(newEvent('a')), { code: 'unavailable' })
  await intake.idle()
  assert.ok(!intake.has('test', 'a'))
  isFull = false
  await intake.accept(newEvent('a'))
  assert.deepEqual(applied, ['a'])
  assert.deepEqual(
    told.map(({ type }) => type),
    ['accepted', 'unchanged'],
  )
})

test('one that is being applied is accepted though it cannot be kept meanwhile; one that waits is not', async (t) => {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const slow = () => {
    begun.resolve()
    return gate.promise
  }
  const { intake, journal, applied } = await start(t, slow, undefined, { mostUnderWay: 1 })
  await journal.close()
  const first = intake.accept(newEvent('a'))
  await begun.promise
  await assert.rejects(intake.accept(newEvent('b')), { code: 'unavailable' })
  gate.resolve()
  await first
  await intake.idle()
  assert.deepEqual(applied, ['a'])
})

test('one that proves to be known with other content is refused to its sender, who waits for his answer', async (t) => {
  const { intake, told } = await start(t, async () => {
    throw new CommitbaseError('conflict', 'came before with other content')
  })
  await assert.rejects(intake.accept(newEvent('a')), { code: 'conflict' })
  assert.deepEqual(told, [])
  assert.ok(!intake.has('test', 'a'))
})

test('an event of a known id with other content is refused, whether it waits or was just applied', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { intake, told } = await start(t, async (event) => {
    await gate.promise
    if (event.id === 'late') throw new CommitbaseError('conflict', 'came before with other content')
  })
  await intake.accept(newEvent('a'))
  await intake.accept(newEvent('a'))
  await assert.rejects(intake.accept(newEvent('a', { other: true })), {
    code: 'conflict',
    message: /[0-9a-f]{64}/,
  })
  await intake.accept(newEvent('late'))
  gate.resolve()
  await intake.idle()
  assert.deepEqual(
    told.map(({ type }) => type),
    ['accepted', 'accepted', 'unchanged', 'refused'],
  )
})

test('one that was applied with other content is refused though it waits for a slow one', async (t) => {
  const gate = Promise.withResolvers<void>()
  const findReceipt = async (_: string, id: string) => (id === 'known' ? { digest: '0'.repeat(64) } : undefined)
  const { intake, journal, applied } = await start(t, () => gate.promise, undefined, { findReceipt, mostUnderWay: 1 })
  await intake.accept(newEvent('a'))
  await assert.rejects(intake.accept(newEvent('known')), { code: 'conflict', message: /0{64}/ })
  assert.equal(journal.pending().length, 1)
  gate.resolve()
  await intake.idle()
  assert.deepEqual(applied, ['a'])
})

test('where nothing more may wait, what was applied is taken again, and what failed or is new is not', async (t) => {
  const gate = Promise.withResolvers<void>()
  const receipts = new Map([
    ['done', { status: 'done', digest: eventDigest(newEvent('done')) }],
    ['failed', { status: 'failed', digest: eventDigest(newEvent('failed')) }],
  ])
  const findReceipt = async (_: string, id: string) => receipts.get(id)
  const { intake, told, applied } = await start(t, () => gate.promise, undefined, { findReceipt, capacity: 1 })
  await intake.accept(newEvent('a'))
  await intake.accept(newEvent('done'))
  await assert.rejects(intake.accept(newEvent('done', { other: true })), { code: 'conflict' })
  for (const id of ['failed', 'new']) await assert.rejects(intake.accept(newEvent(id)), { code: 'unavailable' })
  gate.resolve()
  await intake.idle()
  assert.deepEqual(applied, ['a'])
  assert.deepEqual(
    told.map(({ type }) => type),
    ['accepted', 'accepted', 'repeated', 'unchanged'],
  )
})

test('a stop has an end: what was accepted and not applied by then is applied at the next start', async (t) => {
  const file = join(await newFolder(t), 'journal')
  const tried = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const slow = async () => {
    tried.resolve()
    await gate.promise
  }
  const ids = Array.from({ length: 150 }, (_, number) => `e${number}`)
  const first = await start(t, slow, file, { capacity: 1_000, mostUnderWay: 100 })
  await Promise.all(ids.map((id) => first.intake.accept(newEvent(id))))
  await tried.promise
  const stopped = first.intake.stop(0)
  gate.resolve()
  await stopped
  assert.equal(first.applied.length, 100, 'what was under way was finished')
  await first.journal.close()
  const second = await start(t, async () => {}, file)
  second.intake.takeUp()
  second.intake.resume()
  await second.intake.idle()
  assert.deepEqual(second.applied, ids.slice(100))
})

const ref = 'refs/heads/main'

async function start(
  t: TestContext,
  apply: (event: Event, pipeline: Pipeline) => Promise<void>,
  path?: string,
  options = {},
) {
  const journal = await openJournal(path ?? join(await newFolder(t), 'journal'))
  const told: Happening[] = []
  const applied: string[] = []
  const intake = new Intake({
    journal,
    apply: async (event, pipeline): Promise<Applied> => {
      await apply(event, pipeline)
      applied.push(event.id)
      return { event, result: undefined, duplicate: false }
    },
    findReceipt: async () => undefined,
    tell: (happening) => told.push(happening),
    isFree: async () => {},
    onApplied: () => {},
    clock: () => 0,
    capacity: 10,
    ...options,
  })
  afterwards(t, () => journal.close())
  return { intake, journal, told, applied }
}

function newEvent(id: string, data: Record<string, unknown> = {}): Event {
  return { id, source: 'test', type: 'x', time: '2026-01-01T00:00:00.000Z', data, correlationid: id }
}
