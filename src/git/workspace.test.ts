import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitbaseError } from '../errors.ts'
import type { DeferredEntry } from './deferred.ts'
import { openMemory } from './memory.ts'
import { makeObject, type Oid } from './objects/object.ts'
import type { Ledger, Repository } from './repository.ts'
import { Workspace } from './workspace.ts'

const ref = 'refs/heads/main'
const details = { author: { name: 'Ada', email: 'ada@example.org' }, time: 0 }

test('nothing is committed where nothing differs from the last commit', async () => {
  const workspace = await Workspace.open(openMemory(), [ref])
  assert.equal(workspace.commit(ref, { ...details, message: 'empty' }), null)
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  assert.ok(workspace.commit(ref, { ...details, message: 'a' }))
  await workspace.tree(ref).write(['a'], Buffer.from('b'))
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  assert.equal(workspace.commit(ref, { ...details, message: 'back again' }), null)
})

test('a ref’s move is taken back with the write that made it', async () => {
  const repository = openMemory()
  const workspace = await Workspace.open(repository, [ref])
  const before = workspace.checkpoint()
  workspace.point('refs/commitbase/lease', null, makeObject('blob', Buffer.from('mine')))
  workspace.restore(before)
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  workspace.commit(ref, { ...details, message: 'a' })
  assert.equal(await workspace.land(), 'landed')
  assert.deepEqual([...(await repository.refs(['refs/'])).keys()], [ref])
})

test('what was taken back does not land, and what is built after it does, whole', async () => {
  const { repository, landed } = recordObjects(openMemory())
  const workspace = await Workspace.open(repository, [ref])
  const tree = workspace.tree(ref)
  await tree.write(['kept'], Buffer.from('kept'))
  const before = workspace.checkpoint()
  // The folder that holds `kept` gets its id in a commit that is then taken back.
  const gone = workspace.commit(ref, { ...details, message: 'taken back' })
  const blob = makeObject('blob', Buffer.from('taken back'))
  await tree.write(['gone'], blob.body)
  workspace.commit(ref, { ...details, message: 'taken back, too' })
  workspace.restore(before)
  workspace.commit(ref, { ...details, message: 'kept' })
  assert.equal(await workspace.land(), 'landed')
  assert.ok(!landed.has(gone!) && !landed.has(blob.oid))
  const again = await Workspace.open(repository, [ref])
  assert.deepEqual((await again.tree(ref).read(['kept']))?.toString(), 'kept')
})

test('a folder that got its id in a commit that was taken back lands with the batch after the next', async () => {
  const repository = openMemory()
  const other = 'refs/commitbase/receipts'
  const workspace = await Workspace.open(repository, [ref, other])
  await workspace.tree(other).write(['waiting'], Buffer.from('waiting'))
  const before = workspace.checkpoint()
  workspace.commit(other, { ...details, message: 'taken back' })
  workspace.restore(before)
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  workspace.commit(ref, { ...details, message: 'a' })
  assert.equal(await workspace.land(), 'landed')
  workspace.commit(other, { ...details, message: 'at last' })
  assert.equal(await workspace.land(), 'landed')
  const again = await Workspace.open(repository, [other])
  assert.equal((await again.tree(other).read(['waiting']))?.toString(), 'waiting')
})

test('a branch that points to no commit is refused by its name', async () => {
  const repository = openMemory()
  const blob = makeObject('blob', Buffer.from('?'))
  await repository.land([blob], [{ ref, from: null, to: blob.oid }])
  await assert.rejects(Workspace.open(repository, [ref]), {
    code: 'invalid',
    message: /refs\/heads\/main points to a blob/,
  })
})

test('what was deferred is there once, while it lands and afterwards, and the last of a key is the one that counts', async () => {
  const gate = Promise.withResolvers<void>()
  const log: DeferredEntry[] = []
  const ledger: Ledger = {
    ref: 'refs/commitbase/receipts',
    tree: () => Promise.reject(new Error('nobody looks')),
    log,
    get: (key) => log.findLast((entry) => entry.key === key),
  }
  const land: Repository['land'] = async (_objects, _updates, deferred = []) => {
    await gate.promise
    log.push(...deferred)
    return 'landed'
  }
  const workspace = await Workspace.open({ ...openMemory(), land, ledger }, [ref])
  const defer = (key: string, text: string) => workspace.defer({ key, bytes: Buffer.from(text) })
  const texts = () => Array.from(workspace.newestDeferred(), ({ bytes }) => bytes.toString())
  for (const [key, text] of ['a1', 'b1', 'b2', 'c1'].map((text) => [text[0]!, text] as const)) defer(key, text)
  const landing = workspace.handOver()
  defer('d', 'd1')
  defer('a', 'a2')
  const all = ['a2', 'd1', 'c1', 'b2']
  assert.deepEqual(texts(), all)
  gate.resolve()
  await landing
  assert.equal(log.length, 3)
  assert.deepEqual(texts(), all)
  workspace.keep()
  assert.deepEqual(texts(), all)
  assert.equal(workspace.deferred('b')?.bytes.toString(), 'b2')
})

test('what was handed over is read, deltas of deltas, as who looks at its commits needs it', async () => {
  const memory = openMemory()
  const gate = Promise.withResolvers<void>()
  const land: Repository['land'] = (...landing) => gate.promise.then(() => memory.land(...landing))
  const workspace = await Workspace.open({ ...memory, land, era: 1 }, [ref])
  const tree = workspace.tree(ref)
  const names = Array.from({ length: 300 }, (_, number) => `file ${number}`)
  await tree.writeAll(
    ['folder'],
    names.map((name) => ({ name, bytes: Buffer.from(name) })),
  )
  workspace.commit(ref, { ...details, message: 'many' })
  for (const text of ['b', 'c']) {
    await tree.write(['folder', 'file 7'], Buffer.from(text))
    workspace.commit(ref, { ...details, message: text })
  }
  const tip = workspace.tip(ref)!
  const landing = workspace.handOver()
  assert.equal(workspace.landed(ref), null)
  const seen = await workspace.history(ref).tree(tip)
  assert.equal((await seen.read(['folder', 'file 7']))?.toString(), 'c')
  assert.equal((await seen.list(['folder'])).size, 300)
  gate.resolve()
  await landing
  assert.equal(workspace.landed(ref), tip)
})

test('a large folder that is again as it was is read, wherever it was so before', async () => {
  for (const before of ['landed', 'handed over', 'made'] as const) {
    const memory = openMemory()
    const gate = Promise.withResolvers<void>()
    let isHeld = false
    const land: Repository['land'] = async (...landing) => {
      if (isHeld) await gate.promise
      return await memory.land(...landing)
    }
    const workspace = await Workspace.open({ ...memory, land, era: 1 }, [ref])
    const tree = workspace.tree(ref)
    const files = Array.from({ length: 300 }, (_, number) => ({ name: `file ${number}`, bytes: Buffer.from('a') }))
    const commit = async (text: string) => {
      await tree.write(['folder', 'file 7'], Buffer.from(text))
      return workspace.commit(ref, { ...details, message: text })!
    }
    await tree.writeAll(['folder'], files)
    await commit('z')
    await commit('a')
    if (before === 'landed') await workspace.land()
    isHeld = true
    await commit('b')
    const landing = before === 'handed over' ? workspace.handOver() : undefined
    const tip = await commit('a')
    const seen = await workspace.history(ref).tree(tip)
    assert.equal((await seen.list(['folder'])).size, 300, before)
    assert.equal((await seen.read(['folder', 'file 7']))?.toString(), 'a', before)
    gate.resolve()
    await landing
  }
})

function recordObjects(repository: Repository) {
  const landed = new Set<Oid>()
  const land: Repository['land'] = (objects, updates) => {
    for (const { oid } of objects) landed.add(oid)
    return repository.land(objects, updates)
  }
  return { repository: { ...repository, land }, landed }
}

test('an object that a tree names and nobody has is damage, not something that was asked for in vain', async () => {
  const repository = openMemory()
  const workspace = await Workspace.open(repository, [ref])
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  workspace.commit(ref, { ...details, message: 'a' })
  await workspace.land()
  const gone = makeObject('blob', Buffer.from('a')).oid
  const read: Repository['read'] = async (oids) => {
    if (!oids.includes(gone)) return repository.read(oids)
    throw new CommitbaseError('not_found', `the repository has no object ${gone}`)
  }
  const again = await Workspace.open({ ...repository, read, find: undefined }, [ref])
  await assert.rejects(again.tree(ref).read(['a']), { code: 'internal', message: /is damaged/ })
})
