import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Fold } from '../deferred.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newFolder } from '../testing/gitFolder.ts'
import { Workspace } from '../workspace.ts'
import { Writer } from '../writer.ts'
import { aheadFile } from './ahead.ts'
import { openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

const main = 'refs/heads/main'
const receipts = 'refs/commitbase/receipts'
const author = { name: 'Ada', email: 'ada@example.org' }

test('nothing is answered, and nobody else sees it, before its own sync, though the next batch is evaluated on it', async (t) => {
  const { repository, writer, disk } = await open(t)
  const answered: string[] = []
  const [a, b] = [adding('a'), adding('b')]
  const first = writer.submit(a.task).then(() => answered.push('a'))
  const sync = await disk.next()
  const second = writer.submit(b.task).then(() => answered.push('b'))
  assert.equal(await b.text, 'a\nb\n')
  const seen = async () => {
    const workspace = await Workspace.open(repository, [main])
    return (await workspace.tree(main).read(['lines']))?.toString()
  }
  assert.deepEqual([answered, await seen(), repository.ledger!.log.length], [[], undefined, 0])
  sync.go()
  await first
  const next = await disk.next()
  assert.deepEqual([answered, await seen(), repository.ledger!.log.length], [['a'], 'a\n', 1])
  next.go()
  await second
  assert.deepEqual([await seen(), repository.ledger!.log.length], ['a\nb\n', 2])
})

test('a full disk takes only the batch that it was full for, and what was on top of that lands whole', async (t) => {
  const { folder, repository, writer, disk } = await open(t)
  const [a, b] = [adding('a'), adding('b')]
  const first = Promise.allSettled([writer.submit(a.task)])
  const sync = await disk.next()
  const second = writer.submit(b.task)
  await b.text
  // A seal that comes meanwhile waits for the batch.
  const sealed = repository.seal()
  sync.fail(new Error('ENOSPC: no space left on device'))
  const [outcome] = await first
  assert.match(String((outcome as PromiseRejectedResult).reason), /cannot be made durable: ENOSPC/)
  disk.pass()
  await Promise.all([second, sealed])
  await repository.seal()
  const workspace = await Workspace.open(repository, [main])
  assert.equal((await workspace.tree(main).read(['lines']))?.toString(), 'b\n')
  assert.equal((await workspace.history(main).lineSince()).length, 1)
  await assertSound(folder)
})

async function open(t: TestContext) {
  const folder = await newFolder(t)
  const ownership = await takeOwnership(folder)
  const { files, disk } = holdSyncs(join(folder, aheadFile))
  const repository = await openLocal(folder, { ownership, fold, files })
  const writer = new Writer({ repository, refs: [main, receipts], fold })
  afterwards(t, async () => {
    disk.pass()
    await writer.close()
    await repository.close()
    await ownership.release()
  })
  // The file itself is made with the first landing.
  disk.pass()
  await writer.submit(async (workspace) => workspace.defer({ key: 'begun', bytes: Buffer.from('begun') }))
  await repository.seal()
  disk.hold()
  return { folder, repository, writer, disk }
}

const fold: Fold = {
  ref: receipts,
  into: async (tree, entries) => {
    for (const { key, bytes } of entries) await tree.write([key], bytes)
  },
  message: 'receipts',
  author,
  clock: () => 0,
}

/** A task, and what the lines are once it was evaluated. */
function adding(line: string) {
  const evaluated = Promise.withResolvers<string>()
  const task = async (workspace: Workspace) => {
    const tree = workspace.tree(main)
    const text = `${(await tree.read(['lines'])) ?? ''}${line}\n`
    await tree.write(['lines'], Buffer.from(text))
    workspace.commit(main, { message: line, author, time: 0 })
    workspace.defer({ key: line, bytes: Buffer.from(line) })
    evaluated.resolve(text)
  }
  return { task, text: evaluated.promise }
}

interface HeldSync {
  go(): void
  fail(error: Error): void
}

/** The disk, on which each sync of that file waits until it is let go. */
function holdSyncs(path: string) {
  let passes = true
  let begun = Promise.withResolvers<HeldSync>()
  const gate = async () => {
    if (passes) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    begun.resolve({ go: resolve, fail: reject })
    await promise
  }
  const files: Files = {
    ...nodeFiles,
    create: async (name, options) => {
      const file = await nodeFiles.create(name, options)
      if (!name.startsWith(path)) return file
      return { ...file, sync: () => gate().then(() => file.sync()) }
    },
  }
  const disk = {
    async next(): Promise<HeldSync> {
      const sync = await begun.promise
      begun = Promise.withResolvers()
      return sync
    },
    hold: () => {
      passes = false
    },
    pass: () => {
      passes = true
    },
  }
  return { files, disk }
}
