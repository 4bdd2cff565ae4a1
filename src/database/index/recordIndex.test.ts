import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, mkdtemp, open as openFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, type TestContext, test } from 'node:test'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { openMemory } from '../../git/memory.ts'
import { makeObject } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import type { JsonObject } from '../json/json.ts'
import type { Query } from '../queries/find.ts'
import { commitTransaction } from '../transactions/apply.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { IndexFile } from './indexFile.ts'
import { type IndexProgress, RecordIndex } from './recordIndex.ts'

const branch = 'refs/heads/main'
const author = { name: 'A person', email: 'person@example.com' }

let repository: Repository

beforeEach(() => {
  repository = openMemory()
})

async function open(t: TestContext, options: { path?: string; onProgress?: (progress: IndexProgress) => void } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'index-'))
  const path = options.path ?? join(folder, 'index.sqlite')
  const problems: string[] = []
  const reads = { count: 0 }
  const index = new RecordIndex({
    path,
    basedir: 'db',
    read: (oids) => {
      reads.count++
      return repository.read(oids)
    },
    onProgress: options.onProgress,
    onProblem: (problem) => problems.push(problem),
  })
  index.landed(await tip())
  const landed = (workspace: Workspace) => index.landed(workspace.landed(branch))
  const writer = new Writer({ repository, refs: [branch], landed })
  t.after(async () => {
    await writer.close()
    await index.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { index, writer, path, problems, reads, database: databaseWith(writer, index) }
}

/** A disk takes its time, in which others have a turn. */
function landAfter(pause: () => Promise<unknown>): void {
  const { land } = repository
  repository = {
    ...repository,
    land: async (...landing) => {
      await pause()
      return await land(...landing)
    },
  }
}

async function tip(): Promise<string | null> {
  return (await repository.refs([branch])).get(branch) ?? null
}

function transactionOn(workspace: Workspace, index?: RecordIndex): DatabaseTransaction {
  return createTransaction({
    tree: workspace.tree(branch),
    basedir: 'db',
    now: '2026-01-01T00:00:00.000Z',
    newId: () => `new-${++ids}`,
    index: index?.at(workspace.tip(branch)),
    fingerprints: index?.fingerprints,
  })
}

let ids = 0

/** Transactions through the writer, as a hub runs them. */
function databaseWith(writer: Writer, index?: RecordIndex) {
  const transact = <T>(work: (tx: DatabaseTransaction) => Promise<T>): Promise<T> =>
    writer.submit(async (workspace) => {
      const tx = transactionOn(workspace, index)
      const result = await work(tx)
      await commitTransaction(workspace, branch, tx, { title: 'test', trailers: [], time: 0, index })
      return result
    })
  return {
    transact,
    put: (table: string, record: JsonObject) => transact((tx) => tx.upsert(table, record)),
    find: (table: string, query: Query) =>
      transact(async (tx) => ({
        ids: (await tx.findMany(table, query)).map(({ _id }) => _id),
        ...(await tx.explain(table, query)),
      })),
  }
}

/** A person's commit: those files are written (`null`: removed) on top of the branch, past the writer. */
async function push(files: Readonly<Record<string, unknown>>): Promise<void> {
  const workspace = await Workspace.open(repository, [branch])
  for (const [path, content] of Object.entries(files)) {
    const tree = workspace.tree(branch)
    if (content === null) await tree.remove(path.split('/'))
    else await tree.write(path.split('/'), Buffer.from(`${JSON.stringify(content, null, 2)}\n`))
  }
  workspace.commit(branch, { message: 'By hand', author, time: 0 })
  assert.equal(await workspace.land(), 'landed')
}

/** The same of a symbolic link. */
async function pushLink(path: string, target: string): Promise<void> {
  const workspace = await Workspace.open(repository, [branch])
  const blob = makeObject('blob', Buffer.from(target))
  await repository.land([blob], [])
  const tree = workspace.tree(branch)
  await tree.now(() => tree.placeNow(path.split('/'), { kind: 'other', mode: '120000', oid: blob.oid }))
  workspace.commit(branch, { message: 'By hand', author, time: 0 })
  assert.equal(await workspace.land(), 'landed')
}

const settings = (...indexes: readonly { fields: string[]; unique?: boolean }[]) => ({ tables: { stock: { indexes } } })

test('the log of the file stays short, also where the index keeps up with what lands', async (t) => {
  await push({ 'db/.commitbase.json': settings({ fields: ['a'] }, { fields: ['b'] }) })
  const { index, path, database } = await open(t)
  await index.settled()
  let longest = 0
  for (let n = 0; n < 900; n++) {
    await database.put('stock', { _id: `r${n % 300}`, a: (n * 7_919) % 1_009, b: `x${(n * 104_729) % 1_013}` })
    await index.settled()
    longest = Math.max(longest, statSync(`${path}-wal`).size)
  }
  assert.ok(longest > 3 << 20, `${longest} bytes`)
  assert.ok(longest < 6 << 20, `${longest} bytes`)
})

describe('a find goes by an index', () => {
  test('where one is declared, and says so', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }, { fields: ['place.row', 'level'] }) })
    const { index, database } = await open(t)
    for (let n = 0; n < 300; n++) {
      await database.put('stock', { _id: `r${n}`, sku: `s${n % 100}`, place: { row: n % 10 }, level: n })
    }
    await index.settled()
    assert.deepEqual(await database.find('stock', { sku: 's7' }), {
      ids: ['r107', 'r207', 'r7'],
      index: 'sku',
      examined: 3,
      found: 3,
    })
    const range = await database.find('stock', { 'place.row': 3, level: { $gte: 100, $lt: 150 } })
    assert.deepEqual([range.ids, range.examined], [['r103', 'r113', 'r123', 'r133', 'r143'], 5])
    const either = await database.find('stock', { $or: [{ sku: 's1' }, { 'place.row': 2, level: 2 }] })
    assert.deepEqual([either.index, either.ids], ['sku or place.row, level', ['r1', 'r101', 'r2', 'r201']])
  })

  test('of two files of one id it takes neither, and knows the one that is left when the other goes', async (t) => {
    const folder = createHash('sha256').update('foo').digest('hex').slice(0, 2)
    const [high, deep] = ['db/stock/foo.json', `db/stock/${folder}/foo.json`]
    await push({ 'db/.commitbase.json': settings({ fields: ['n'] }), [deep]: { _id: 'foo', n: 1 } })
    const { index, writer, database } = await open(t)
    await index.settled()
    for (const [gone, n] of [
      [high, 1],
      [deep, 2],
    ] as const) {
      await writer.exclusively(() => push({ [high]: { _id: 'foo', n: 2 }, [deep]: { _id: 'foo', n: 1 } }))
      index.landed(await tip())
      await index.settled()
      const built = await open(t)
      await built.index.settled()
      for (const { find } of [database, built.database])
        for (const query of [{ n: 1 }, { n: 2 }, { n: 3 }])
          await assert.rejects(find('stock', query), { code: 'conflict', message: /two files hold the same id/ })
      await writer.exclusively(() => push({ [gone]: null }))
      index.landed(await tip())
      await index.settled()
      const found = await database.find('stock', { n })
      assert.deepEqual([found.ids, found.index], [['foo'], 'n'])
    }
  })

  test('rather than by a longer list of ids, and by the list where that is shorter or few', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }, { fields: ['shelf'] }) })
    const { index, database } = await open(t)
    for (let n = 0; n < 600; n++) await database.put('stock', { _id: `r${n}`, sku: n % 200, shelf: n % 4 })
    await index.settled()
    const among = (count: number, query: Query) =>
      database.find('stock', { ...query, _id: { $in: Array.from({ length: count }, (_, n) => `r${n}`) } })
    const bySku = { ids: ['r207', 'r7'], index: 'sku', examined: 2, found: 2 }
    assert.deepEqual(await among(300, { sku: 7 }), bySku)
    assert.deepEqual(await among(100, { sku: 7 }), { ids: ['r7'], index: '_id', examined: 100, found: 1 })
    const byList = await among(140, { shelf: 3 })
    assert.deepEqual([byList.index, byList.examined, byList.found], ['_id', 140, 35])
    const changed = await database.transact(async (tx) => {
      await tx.updateOne('stock', { sku: 7 }, { _id: 'r1' })
      await tx.updateOne('stock', { sku: 7 }, { _id: 'r400' })
      const query = { sku: 7, _id: { $in: Array.from({ length: 300 }, (_, n) => `r${n}`) } }
      return (await tx.findMany('stock', query)).map(({ _id }) => _id)
    })
    assert.deepEqual(changed, ['r1', 'r207', 'r7'])
  })

  test('unless none helps, and says why', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }) })
    const { index, database } = await open(t)
    await database.put('stock', { _id: 'a', sku: 1 })
    await index.settled()
    const reasonOf = async (table: string, query: Query) => (await database.find(table, query)).reason
    assert.equal(await reasonOf('stock', { level: 1 }), 'no index serves this query')
    assert.equal(await reasonOf('order', { sku: 1 }), "no index is declared for 'order'")
  })

  test('in a transaction that has written itself, and sees that', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }) })
    const { index, database } = await open(t)
    await database.put('stock', { _id: 'a', sku: 1 })
    await database.put('stock', { _id: 'b', sku: 1 })
    await index.settled()
    const seen = await database.transact(async (tx) => {
      await tx.updateOne('stock', { sku: 2 }, { _id: 'a' })
      await tx.upsert('stock', { _id: 'c', sku: 1 })
      const found = await tx.findMany('stock', { sku: 1 })
      return { ids: found.map(({ _id }) => _id), how: await tx.explain('stock', { sku: 1 }) }
    })
    assert.deepEqual(seen, { ids: ['b', 'c'], how: { index: 'sku', examined: 3, found: 2 } })
  })

  test('on what a batch has written before, and not on what failed in it', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }) })
    const { index, database } = await open(t)
    await database.put('stock', { _id: 'a', sku: 1 })
    await index.settled()
    const [, failed, found] = await Promise.allSettled([
      database.put('stock', { _id: 'b', sku: 1 }),
      database.transact(async (tx) => {
        await tx.upsert('stock', { _id: 'c', sku: 1 })
        throw new Error('no')
      }),
      database.find('stock', { sku: 1 }),
    ])
    assert.equal(failed.status, 'rejected')
    assert.partialDeepStrictEqual(found, { value: { ids: ['a', 'b'], index: 'sku' } })
  })

  test('and is told of a file that is no record, whatever its name, as who reads the table is', async (t) => {
    const files = { 'db/stock/a.json': { _id: 'a', sku: 1 }, 'db/stock/š.json': { _id: 'š', sku: 1 } }
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), ...files })
    const { index, writer, database } = await open(t)
    await index.settled()
    await assert.rejects(database.find('stock', { sku: 1 }), { code: 'internal', message: /š\.json holds no record/ })
    await writer.exclusively(() => push({ 'db/stock/š.json': null }))
    index.landed(await tip())
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: ['a'], index: 'sku', examined: 1 })
  })
})

describe('what lies where no record belongs is refused to who goes by an index, as to who reads the table', () => {
  const folder = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 2)
  const right = `db/stock/${folder('cup')}/cup.json`
  const wrong = `db/stock/${folder('cup') === '00' ? '01' : '00'}/cup.json`
  const odd: Readonly<Record<string, () => Promise<void>>> = {
    'a record in a wrong folder': () => push({ [wrong]: { _id: 'cup', sku: 1 } }),
    'a link': () => pushLink('db/stock/cup.json', '{"_id":"cup","sku":1}'),
    'a link in a folder': () => pushLink(right, 'jug.json'),
    'a link in a wrong folder': () => pushLink(wrong, 'jug.json'),
    'a folder with the name of a record': () => push({ 'db/stock/cup.json/x': {} }),
  }
  for (const [what, make] of Object.entries(odd))
    test(what, async (t) => {
      await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/jug.json': { _id: 'jug', sku: 1 } })
      await make()
      const { index, writer, database } = await open(t)
      const find = () => database.find('stock', { sku: 1 })
      const refused = await find().catch((error) => ({ code: error.code, message: error.message }))
      await index.settled()
      await assert.rejects(find(), refused)
      assert.match(String(Object(refused).message), /cup\.json/)
      const clean = async () => {
        for (const path of ['db/stock/cup.json', right, wrong]) await push({ [path]: null })
      }
      await writer.exclusively(clean)
      index.landed(await tip())
      await index.settled()
      assert.partialDeepStrictEqual(await find(), { ids: ['jug'], index: 'sku', examined: 1 })
      await writer.exclusively(make)
      index.landed(await tip())
      await index.settled()
      await assert.rejects(find(), refused)
    })
})

describe('the index follows', () => {
  test('a push, and until it has, the table is read', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/a.json': { _id: 'a', sku: 1 } })
    const { index, writer, database } = await open(t)
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: ['a'], index: 'sku' })
    await writer.exclusively(() =>
      push({ 'db/stock/a.json': { _id: 'a', sku: 2 }, 'db/stock/b.json': { _id: 'b', sku: 1 } }),
    )
    const before = await database.find('stock', { sku: 1 })
    assert.partialDeepStrictEqual(before, { ids: ['b'], index: null })
    assert.match(before.reason!, /has not caught up/)
    index.landed(await tip())
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 2 }), { ids: ['a'], index: 'sku', examined: 1 })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: ['b'], index: 'sku', examined: 1 })
  })

  test('a dropped table and a dropped database', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/a.json': { _id: 'a', sku: 1 } })
    const { index, database } = await open(t)
    await index.settled()
    await database.transact(async (tx) => {
      await tx.dropTable('stock')
      await tx.upsert('stock', { _id: 'c', sku: 1 })
    })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: ['c'], index: 'sku', examined: 1 })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: ['c'], index: 'sku', examined: 1 })
    await database.transact((tx) => tx.dropDatabase())
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { ids: [], index: 'sku', examined: 0 })
  })

  test('the settings: new indexes are built, with progress, and others go', async (t) => {
    const progress: IndexProgress[] = []
    const files = Array.from({ length: 30 }, (_, n) => [`db/stock/r${n}.json`, { _id: `r${n}`, sku: n % 3, level: n }])
    await push(Object.fromEntries(files))
    const { index, writer, database } = await open(t, { onProgress: (step) => progress.push(step) })
    const declare = async (...indexes: { fields: string[] }[]) => {
      await writer.exclusively(() => push({ 'db/.commitbase.json': settings(...indexes) }))
      index.landed(await tip())
      await index.settled()
    }
    await declare({ fields: ['sku'] })
    assert.deepEqual(progress.at(-1), { table: 'stock', done: 30, total: 30 })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 10 })
    await declare({ fields: ['level'] })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, examined: 30, found: 10 })
    assert.partialDeepStrictEqual(await database.find('stock', { level: 7 }), {
      index: 'level',
      ids: ['r7'],
      examined: 1,
    })
    await writer.exclusively(() => push({ 'db/.commitbase.json': null }))
    index.landed(await tip())
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { level: 7 }), { index: null, ids: ['r7'] })
  })

  test('an index that is built while others write is right in the end', async (t) => {
    const files = Array.from({ length: 800 }, (_, n) => [`db/stock/r${n}.json`, { _id: `r${n}`, sku: n % 8 }])
    await push({ ...Object.fromEntries(files), 'db/.commitbase.json': settings({ fields: ['sku'] }) })
    let built = false
    const { index, database } = await open(t)
    const settled = index.settled().then(() => {
      built = true
    })
    for (let n = 0; !built || n < 50; n++) {
      await database.put('stock', { _id: `r${(n * 7) % 1000}`, sku: 'new' })
      await database.transact((tx) => tx.deleteOne('stock', { _id: `r${(n * 11) % 1000}` }))
      await setImmediate()
    }
    await settled
    await index.settled()
    const plain = databaseWith(new Writer({ repository, refs: [branch] }))
    assert.equal((await database.find('stock', { sku: 3 })).index, 'sku')
    for (const sku of [3, 0, 'new'])
      assert.deepEqual((await database.find('stock', { sku })).ids, (await plain.find('stock', { sku })).ids)
  })

  test('writes that never cease, from their notes and not from trees, once it has come up to them', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/r0.json': { _id: 'r0', sku: 's0' } })
    landAfter(() => setImmediate())
    const { index, database, reads } = await open(t)
    const lane = async (name: string) => {
      for (let n = 0; n < 200; n++) await database.put('stock', { _id: `${name}${n % 20}`, sku: `s${n % 7}`, n })
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(lane))
    assert.ok(reads.count < 40, `objects were read ${reads.count} times`)
    await index.settled()
    assert.equal((await database.find('stock', { sku: 's3' })).index, 'sku')
  })

  test('a table that is declared when commits to it are under way: it is read until the index has those', async (t) => {
    await push({ 'db/other/x.json': { _id: 'x' } })
    const { index } = await open(t)
    await index.settled()
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'], unique: true }) })
    const workspace = await Workspace.open(repository, [branch])
    const begin = () => transactionOn(workspace, index)
    const commit = (tx: DatabaseTransaction) =>
      commitTransaction(workspace, branch, tx, { title: 'test', trailers: [], time: 0, index })
    const first = begin()
    await first.upsert('stock', { _id: 'a', sku: 's' })
    await commit(first)
    index.landed(await tip())
    await index.settled()
    const second = begin()
    assert.equal((await second.findMany('stock', { sku: 's' })).length, 1)
    await second.upsert('stock', { _id: 'b', sku: 's' })
    await assert.rejects(commit(second), { code: 'conflict' })
    assert.equal(await workspace.land(), 'landed')
    index.landed(await tip())
    await index.settled()
    assert.equal((await begin().explain('stock', { sku: 's' })).index, 'sku')
  })

  test('settings that a person broke: there is no index, and somebody is told', async (t) => {
    await push({ 'db/.commitbase.json': { tables: { stock: { indexes: [{ fields: 'sku' }] } } } })
    const { index, database, problems } = await open(t)
    await index.settled()
    assert.equal((await database.find('stock', { sku: 1 })).index, null)
    assert.match(
      problems.join(),
      /db\/\.commitbase\.json at \/tables\/stock\/indexes\/0\/fields: must be array; got 'sku'/,
    )
  })
})

describe('the file can go', () => {
  const damage: Readonly<Record<string, (path: string) => Promise<void>>> = {
    deleted: (path) => rm(path),
    'cut short': (path) => truncate(path, 5_000),
    'overwritten with something else': (path) => writeFile(path, 'not a database at all '.repeat(1_000)),
    'damaged in one page': async (path) => {
      const other = new DatabaseSync(path)
      const page = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'tables'").get()!.rootpage as number
      other.close()
      const file = await openFile(path, 'r+')
      await file.write(Buffer.alloc(4_096), 0, 4_096, (page - 1) * 4_096)
      await file.close()
    },
    'replaced by a folder': async (path) => {
      await rm(path)
      await mkdir(path)
    },
    "another program's database": async (path) => {
      await rm(path)
      new DatabaseSync(path).exec('CREATE TABLE state (name, value)')
    },
  }
  for (const [how, harm] of Object.entries(damage)) {
    test(`${how}, it is built again`, async (t) => {
      const first = await openWithRecords(t)
      await first.index.close()
      await harm(first.path)
      const { index, database } = await open(t, { path: first.path })
      await index.settled()
      assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 10, found: 10 })
    })
  }

  test('damaged while it is open, it is built again and reads are right meanwhile', async (t) => {
    const { index, database, path, problems } = await openWithRecords(t)
    dropEntries(path)
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { found: 10 })
    await index.settled()
    assert.match(problems.join(), /no such table: entries/)
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 10, found: 10 })
  })

  test('where there cannot be one for a while, reads are right, and it comes back by itself', async (t) => {
    const { index, database, path, problems } = await openWithRecords(t)
    dropEntries(path)
    await rm(dirname(path), { recursive: true })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 10 })
    await database.put('stock', { _id: 'new', sku: 1 })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 11 })
    assert.match(problems.join(), /there is no index for the moment/)
    await mkdir(dirname(path))
    await database.put('stock', { _id: 'newer', sku: 1 })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 12, found: 12 })
  })

  test('while somebody else holds it, it is not thrown away: it comes back as it was', async (t) => {
    const first = await openWithRecords(t)
    await first.index.close()
    const other = new DatabaseSync(first.path)
    other.exec('BEGIN IMMEDIATE')
    const progress: IndexProgress[] = []
    const { index, database, problems } = await open(t, { path: first.path, onProgress: (step) => progress.push(step) })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 10 })
    assert.match(problems.join(), /there is no index for the moment: database is locked/)
    other.exec('ROLLBACK')
    other.close()
    await database.put('stock', { _id: 'new', sku: 1 })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 11, found: 11 })
    assert.deepEqual(progress, [])
  })

  test('while somebody else holds it for a moment, it is opened anew and stays what it was', async (t) => {
    const { index, database, path, problems } = await openWithRecords(t)
    const { ino } = await stat(path)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await database.put('stock', { _id: 'new', sku: 1 })
    await index.settled()
    assert.match(problems.join(), /the index is opened anew: database is locked/)
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 11 })
    other.exec('ROLLBACK')
    other.close()
    await database.put('stock', { _id: 'newer', sku: 1 })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 12, found: 12 })
    assert.equal((await stat(path)).ino, ino)
  })

  test('damaged while its thread writes to it, it is built again when that has ended', async (t) => {
    const { index, database, path, problems } = await openWithRecords(t)
    const writing = Promise.withResolvers<void>()
    const checkpoint = t.mock.method(IndexFile.prototype, 'checkpoint', () => writing.promise)
    const isCheckpointing = t.mock.getter(IndexFile.prototype, 'isCheckpointing', () => true)
    await database.put('stock', { _id: 'new', sku: 1 })
    const settled = index.settled()
    while (checkpoint.mock.callCount() === 0) await delay(1)
    dropEntries(path)
    const { ino } = await stat(path)
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 11 })
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: null, found: 11 })
    assert.deepEqual([(await stat(path)).ino, problems], [ino, []])
    checkpoint.mock.restore()
    isCheckpointing.mock.restore()
    writing.resolve()
    await settled
    assert.match(problems.join(), /no such table: entries/)
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', examined: 11, found: 11 })
  })

  test('of an earlier commit, it catches up', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/a.json': { _id: 'a', sku: 1 } })
    const first = await open(t)
    await first.index.settled()
    await first.index.close()
    await push({ 'db/stock/a.json': null, 'db/stock/b.json': { _id: 'b', sku: 1 } })
    const progress: IndexProgress[] = []
    const { index, database } = await open(t, { path: first.path, onProgress: (step) => progress.push(step) })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', ids: ['b'], examined: 1 })
    assert.deepEqual(progress, [])
  })

  test('of a commit that this repository does not have, it is built again', async (t) => {
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/a.json': { _id: 'a', sku: 1 } })
    const first = await open(t)
    await first.index.settled()
    await first.index.close()
    repository = openMemory()
    await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }), 'db/stock/b.json': { _id: 'b', sku: 1 } })
    const { index, database } = await open(t, { path: first.path })
    await index.settled()
    assert.partialDeepStrictEqual(await database.find('stock', { sku: 1 }), { index: 'sku', ids: ['b'], examined: 1 })
  })
})

/** Fifty records of `stock` with an index by `sku`, ten of each from 0 to 4. */
async function openWithRecords(t: TestContext) {
  await push({ 'db/.commitbase.json': settings({ fields: ['sku'] }) })
  const opened = await open(t)
  for (let n = 0; n < 50; n++) await opened.database.put('stock', { _id: `r${n}`, sku: n % 5 })
  await opened.index.settled()
  return opened
}

/** Damages the file behind the back of who has it open. */
function dropEntries(path: string): void {
  const other = new DatabaseSync(path)
  other.exec('DROP TABLE entries')
  other.close()
}
