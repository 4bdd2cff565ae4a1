import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, type TestContext, test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import type { JsonObject } from '../json/json.ts'
import { commitTransaction } from '../transactions/apply.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { RecordIndex } from './recordIndex.ts'

const branch = 'refs/heads/main'
const author = { name: 'A person', email: 'person@example.com' }

let repository: Repository
/** What was read. */
let read: Oid[]

beforeEach(() => {
  const memory = openMemory()
  read = []
  repository = {
    ...memory,
    find: (oid) => {
      read.push(oid)
      return memory.find!(oid)
    },
    read: (oids) => {
      read.push(...oids)
      return memory.read(oids)
    },
  }
})

async function newPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fingerprints-'))
  t.after(() => rm(folder, { recursive: true }))
  return join(folder, 'index.sqlite')
}

/** A process that has just started. `put` gives the record's blob before it, what became of it, and whether that blob was read. */
async function start(path: string) {
  const index = new RecordIndex({ path, basedir: 'db', read: (oids) => repository.read(oids) })
  const landed = (workspace: Workspace) => index.landed(workspace.landed(branch))
  landed(await Workspace.open(repository, [branch]))
  const writer = new Writer({ repository, refs: [branch], landed })
  const put = (record: JsonObject & { readonly _id: string }, refusal?: string) =>
    writer.submit(async (workspace) => {
      const tree = workspace.tree(branch)
      const { fingerprints } = index
      const options = { tree, basedir: 'db', now: '2026-01-01T00:00:00.000Z', newId: () => '', fingerprints }
      const tx = createTransaction(options)
      const before = await tx.blob('stock', record._id)
      const from = read.length
      await tx.upsert('stock', record)
      if (refusal) throw new Error(refusal)
      const isRead = read.slice(from).includes(before ?? '')
      const details = { title: 'test', trailers: [], time: 0, index }
      const commit = await commitTransaction(workspace, branch, tx, details)
      return { isRead, isChange: commit !== undefined }
    })
  const close = async () => {
    await writer.close()
    await index.close()
  }
  /** Reads what may match. */
  const count = (query: JsonObject) =>
    writer.submit(async (workspace) => {
      const options = { tree: workspace.tree(branch), basedir: 'db', now: '', newId: () => '' }
      return createTransaction({ ...options, fingerprints: index.fingerprints }).count('stock', query)
    })
  return { index, put, count, close }
}

/** A person's commit of files below `db/`. */
async function push(files: Readonly<Record<string, JsonObject>>): Promise<void> {
  const workspace = await Workspace.open(repository, [branch])
  for (const [name, content] of Object.entries(files))
    await workspace.tree(branch).write(['db', ...name.split('/')], Buffer.from(`${JSON.stringify(content)}\n`))
  workspace.commit(branch, { message: 'By hand', author, time: 0 })
  assert.equal(await workspace.land(), 'landed')
}

const indexes = { tables: { stock: { indexes: [{ fields: ['level'] }] } } }

describe('a record is not read to be changed', () => {
  test('where it was written before, by this process or the one before', async (t) => {
    const path = await newPath(t)
    const first = await start(path)
    assert.deepEqual(await first.put({ _id: 'written', level: 1 }), { isRead: false, isChange: true })
    assert.deepEqual(await first.put({ _id: 'written', level: 2 }), { isRead: false, isChange: true })
    await first.close()
    const second = await start(path)
    t.after(second.close)
    await second.index.settled()
    assert.deepEqual(await second.put({ _id: 'written', level: 1 }), { isRead: false, isChange: true })
    assert.deepEqual(await second.put({ _id: 'written', level: 2 }), { isRead: false, isChange: true })
  })

  test('where the index was built of it, or followed a push of it', async (t) => {
    await push({ '.commitbase.json': indexes, 'stock/built.json': { _id: 'built', level: 1 } })
    const { index, put, close } = await start(await newPath(t))
    t.after(close)
    await index.settled()
    assert.deepEqual(await put({ _id: 'built', level: 2 }), { isRead: false, isChange: true })
    await push({ 'stock/pushed.json': { _id: 'pushed', level: 1 } })
    index.landed((await repository.refs([branch])).get(branch)!)
    await index.settled()
    assert.deepEqual(await put({ _id: 'pushed', level: 2 }), { isRead: false, isChange: true })
  })

  test('where it was read before, by its id or with all others', async (t) => {
    for (const [id, query] of Object.entries({ one: { _id: 'one' }, all: { level: 1 } })) {
      await push({ [`stock/${id}.json`]: { _id: id, level: 1 } })
      const path = await newPath(t)
      const reader = await start(path)
      await reader.count(query)
      await reader.close()
      const { index, put, close } = await start(path)
      t.after(close)
      await index.settled()
      assert.deepEqual(await put({ _id: id, level: 2 }), { isRead: false, isChange: true })
    }
  })

  test('where a write of it was refused before', async (t) => {
    const { index, put, close } = await start(await newPath(t))
    t.after(close)
    await put({ _id: 'refused', level: 1 })
    await assert.rejects(put({ _id: 'refused', level: 2 }, 'refused'), /refused/)
    assert.deepEqual(await put({ _id: 'refused', level: 3 }), { isRead: false, isChange: true })
    // What is replaced takes nobody's place.
    assert.equal(index.fingerprints.table.count, 1)
  })

  test('and is read where it may be the same: then there is no commit', async (t) => {
    const { put, close } = await start(await newPath(t))
    t.after(close)
    await put({ _id: 'same', level: 1, place: { row: 1, side: 'left' } })
    const again = { place: { side: 'left', row: 1 }, level: 1, _id: 'same' }
    assert.deepEqual(await put(again), { isRead: true, isChange: false })
  })

  test('and is read where nothing is known of it', async (t) => {
    await push({ 'stock/unknown.json': { _id: 'unknown', level: 1 } })
    const { put, close } = await start(await newPath(t))
    t.after(close)
    assert.deepEqual(await put({ _id: 'unknown', level: 2 }), { isRead: true, isChange: true })
    assert.deepEqual(await put({ _id: 'unknown', level: 3 }), { isRead: false, isChange: true })
  })

  test('and the file of another record in its place is refused as ever', async (t) => {
    const { put, close } = await start(await newPath(t))
    t.after(close)
    await put({ _id: 'copied', level: 1 })
    const workspace = await Workspace.open(repository, [branch])
    const tree = workspace.tree(branch)
    const bytes = await tree.read(['db', 'stock', 'copied.json'])
    await tree.write(['db', 'stock', 'copy.json'], bytes!)
    workspace.commit(branch, { message: 'By hand', author, time: 0 })
    assert.equal(await workspace.land(), 'landed')
    await assert.rejects(put({ _id: 'copy', level: 2 }), /its _id must be the file's name/)
  })
})
