import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import jsonPatch from 'fast-json-patch'
import { encodeCommit } from '../../git/objects/commit.ts'
import { type GitObject, makeObject } from '../../git/objects/object.ts'
import { encodeTree } from '../../git/objects/tree.ts'
import { type Loose, openTestDatabase, plain, type TestDatabase } from '../testing/testDatabase.ts'
import { Past } from './past.ts'

const main = 'refs/heads/main'
let database: TestDatabase

beforeEach(async () => {
  database = await openTestDatabase()
})

const run = (operation: string, parameters?: object) => database.run(operation, parameters)
const upsert = (record: object, table = 'stock') => run('UPSERT', { table, record })
const history = async (id: string, more = {}) => (await run('HISTORY', { table: 'stock', id, ...more })).result
const get = async (id: string, at?: string) => (await run('GET', { table: 'stock', id, at })).result
const tip = () => database.workspace().tip(main)!

/** A table beyond the 1,000 records that a folder holds: the last insert splits it. */
const fill = async (count = 1_001) => {
  const operations = Array.from({ length: count }, (_, n) => ({
    operation: 'INSERT',
    table: 'stock',
    record: { _id: `r${n}` },
  }))
  await run('TRANSACT', { operations: operations.slice(0, 999) })
  return await run('TRANSACT', { operations: operations.slice(999) })
}

test('a read at a commit, or at a time, sees the state of then', async () => {
  const first = await upsert({ _id: 'cup', n: 1 })
  const second = await upsert({ _id: 'cup', n: 2 })
  await upsert({ _id: 'jug' }, 'order')
  await run('DELETEONE', { table: 'stock', query: {} })
  const at = async (at: string) => (await get('cup', at)).record.n
  assert.equal(await at(first.commit!), 1)
  assert.equal(await at(second.commit!.slice(0, 7)), 2)
  assert.equal(await at(second.commit!.toUpperCase()), 2)
  assert.equal(await at('2026-01-01T00:00:01Z'), 1)
  assert.equal(await at('2026-01-01T01:00:02.5+01:00'), 2)
  assert.equal(await at('2026-01-01T00:00:03'), 2)
  assert.equal(await at('2026-01-02'), undefined)
  assert.deepEqual(await get('cup'), { found: false, record: {} })
  const query = { table: 'stock', query: { n: 2 }, at: second.commit }
  assert.equal((await run('FINDONE', query)).result.count, 1)
  assert.equal(
    (await run('FINDMANY', { ...query, blobs: true })).result.blobs[0],
    (await get('cup', second.commit)).blob,
  )
  assert.deepEqual((await run('COUNT', query)).result, { count: 1 })
  assert.deepEqual((await run('INIT', { at: first.commit })).result.tables, { stock: 'stock' })
})

test('before the first commit nothing is there, and all that is came after it', async () => {
  const early = '2025-12-31T23:59:59Z'
  const empty = { commits: [], more: false }
  assert.deepEqual((await run('CHANGES', { since: early })).result, empty)
  assert.equal((await get('cup', early)).found, false)
  await assert.rejects(run('DIFF', { table: 'stock', id: 'cup', from: early }), { code: 'not_found' })
  const { commit } = await upsert({ _id: 'cup', n: 1 })
  assert.deepEqual(await get('cup', early), { found: false, record: {} })
  assert.deepEqual((await run('FINDMANY', { table: 'stock', at: early })).result, {
    found: false,
    count: 0,
    records: [],
  })
  assert.deepEqual((await run('COUNT', { table: 'stock', at: early })).result, { count: 0 })
  assert.deepEqual((await run('INIT', { at: early })).result.tables, {})
  assert.deepEqual((await run('CHANGES', { since: early })).result, (await run('CHANGES')).result)
  assert.equal((await run('CHANGES', { since: early })).result.commits[0].commit, commit)
  const diff = (await run('DIFF', { table: 'stock', id: 'cup', from: early })).result
  assert.deepEqual([diff.from, diff.to.commit], [{}, commit])
  await assert.rejects(run('DIFF', { table: 'stock', id: 'cup', to: early }), { code: 'not_found' })
  await assert.rejects(run('REVERT', { commit: early }), { code: 'invalid', message: /^commit must be .*hex digits/ })
})

test('an at that is nothing, unknown or ambiguous is refused in clear words', async () => {
  await assert.rejects(get('cup', 'a'.repeat(40)), { code: 'not_found' })
  const { commit } = await upsert({ _id: 'cup' })
  for (const at of ['HEAD', 'abc', '', 'yesterday', '2026-02-30', '2026-13-01T00:00:00Z', `${commit}0`])
    await assert.rejects(get('cup', at), { code: 'invalid', message: /^at must be a commit's id .*; got/ }, at)
  await assert.rejects(get('cup', '0'.repeat(40)), { code: 'not_found', message: /is no commit of this branch/ })
  const elsewhere = encodeCommit({
    tree: makeObject('tree', Buffer.alloc(0)).oid,
    parents: [],
    author,
    time: 0,
    message: 'x',
  })
  await database.repository.land([elsewhere], [{ ref: 'refs/heads/other', from: null, to: elsewhere.oid }])
  await assert.rejects(get('cup', elsewhere.oid), { code: 'not_found' })
})

test('HISTORY lists versions, newest first, over deletions, a split and a drop of the table', async () => {
  const inserted = await upsert({ _id: 'r7', n: 'é' })
  const updated = await run('PATCH', { table: 'stock', id: 'r7', patch: { n: 2 } })
  const deleted = await run('DELETEONE', { table: 'stock', query: { _id: 'r7' } })
  await fill()
  const late = await upsert({ _id: 'r7', n: 3 })
  const dropped = await run('DROPTABLE', { table: 'stock' })
  const anew = await upsert({ _id: 'r7', n: 4 })
  const { versions, found, more } = await history('r7')
  assert.deepEqual([found, more], [true, false])
  assert.deepEqual(
    versions.map(({ deleted, record }: Loose) => (deleted ? 'deleted' : record.n)),
    [4, 'deleted', 3, undefined, 'deleted', 2, 'é'],
  )
  const [newest, , , , , , oldest] = versions
  assert.equal(newest.commit, anew.commit)
  assert.deepEqual([versions[1].commit, versions[2].commit], [dropped.commit, late.commit])
  assert.deepEqual([versions[4].commit, versions[5].commit], [deleted.commit, updated.commit])
  assert.deepEqual(oldest, {
    commit: inserted.commit,
    time: '2026-01-01T00:00:01Z',
    subject: 'UPSERT stock/r7',
    author: { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' },
    event: { id: inserted.event, source: 'https://github.com/acme/shop', type: 'test' },
    operation: 'UPSERT',
    deleted: false,
    blob: (await get('r7', inserted.commit)).blob,
    record: (await get('r7', inserted.commit)).record,
  })
  assert.deepEqual((await history('r7', { skip: 1, limit: 2 })).versions, versions.slice(1, 3))
  assert.equal((await history('r7', { skip: 1, limit: 2 })).more, true)
  assert.deepEqual(await history('nothing'), { found: false, versions: [], more: false })
})

test('HISTORY tells what people committed: their names, their words in any alphabet, merges, and files that hold no record', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const ours = await person([base], { 'cup.json': '{"_id":"cup","n":2}\n' }, 'Größe ändern 杯\n\nMehr dazu.')
  const theirs = await person([base], { 'cup.json': '{"_id":"cup","n":3}\n' }, 'Latin-1: \xe9t\xe9', {
    encoding: 'ISO-8859-1',
  })
  const merge = await person([ours, theirs], { 'cup.json': '{"_id":"cup","n":4}\n' }, 'Merge')
  const same = await person([merge, theirs], { 'cup.json': '{"_id":"cup","n":4}\n' }, 'Merge again')
  const broken = await person([same], { 'cup.json': 'no JSON' }, 'Break it')
  await move(base, broken)
  const { versions } = await history('cup')
  const [first, second, ...sides] = versions
  assert.deepEqual([first.commit, second.commit, sides.at(-1).commit], [broken, merge, base])
  assert.match(first.problem, /is not JSON/)
  assert.equal('record' in first, false)
  assert.deepEqual(
    new Set(sides.slice(0, 2).map(({ subject }: Loose) => subject)),
    new Set(['Größe ändern 杯', 'Latin-1: été']),
  )
  assert.deepEqual([second.author, 'event' in second], [{ name: 'Zoë', email: 'zoe@example.org' }, false])
  assert.equal(versions.length, 5)
})

test("DIFF gives values with the keys that they have, also where V8's JSON.parse would take one for another", async () => {
  await upsert({ _id: 'cup', a: { 'n\\': 1 } })
  await upsert({ _id: 'cup', a: { 'n\\': 1 }, list: [{ 'n"': 1 }] })
  const { patch } = (await run('DIFF', { table: 'stock', id: 'cup' })).result
  assert.deepEqual(
    patch.find(({ path }: { path: string }) => path === '/list'),
    { op: 'add', path: '/list', value: [{ 'n"': 1 }] },
  )
})

test('DIFF compares two versions as a JSON Patch, by default the last two', async () => {
  const diff = async (more = {}) => (await run('DIFF', { table: 'stock', id: 'cup', ...more })).result
  const a = await upsert({ _id: 'cup', n: 1, list: [1, 2] })
  const b = await upsert({ _id: 'cup', n: 2, list: [2] })
  await upsert({ _id: 'jug' })
  const c = await run('DELETEONE', { table: 'stock', query: { _id: 'cup' } })
  const d = await upsert({ _id: 'cup', n: 4 })
  const at = async (commit?: string) => (await get('cup', commit)).record
  const between = await diff({ from: a.commit, to: b.commit })
  assert.deepEqual(jsonPatch.applyPatch(await at(a.commit), between.patch).newDocument, await at(b.commit))
  assert.deepEqual(between.to, { commit: b.commit, blob: (await get('cup', b.commit)).blob })
  assert.deepEqual(await diff(), {
    from: { commit: c.commit },
    to: { commit: d.commit, blob: (await get('cup')).blob },
    patch: [{ op: 'add', path: '', value: await at() }],
  })
  assert.deepEqual((await diff({ to: c.commit })).patch, [{ op: 'remove', path: '' }])
  assert.equal((await diff({ to: c.commit })).from.commit, b.commit)
  assert.deepEqual((await diff({ to: a.commit })).from, {})
  assert.deepEqual((await diff({ from: '2026-01-01T00:00:02Z' })).to.commit, tip())
  assert.deepEqual((await diff({ from: d.commit })).patch, [])
  await assert.rejects(diff({ id: 'nothing' }), { code: 'not_found' })
  await assert.rejects(diff({ from: c.commit, to: c.commit }), { code: 'not_found' })
  await assert.rejects(diff({ from: 'x' }), { code: 'invalid', message: /^from must be/ })
})

test('REVERT of an event puts back what it changed, and a revert can be reverted', async () => {
  await upsert({ _id: 'a', n: 1 })
  await upsert({ _id: 'b', n: 1 })
  const event = await run('TRANSACT', {
    operations: [
      { operation: 'UPSERT', table: 'stock', record: { _id: 'a', n: 2 } },
      { operation: 'DELETEONE', table: 'stock', query: { _id: 'b' } },
      { operation: 'INSERT', table: 'stock', record: { _id: 'c' } },
    ],
  })
  await upsert({ _id: 'other' })
  const { result, commit, event: reverting } = await run('REVERT', { event: event.event })
  assert.equal(result.revertedCommit, event.commit)
  assert.deepEqual(result.revertedRecords.map(({ table, id }: Loose) => `${table}/${id}`).sort(), [
    'stock/a',
    'stock/b',
    'stock/c',
  ])
  assert.deepEqual(
    [plain((await get('a')).record), plain((await get('b')).record)],
    [
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ],
  )
  assert.equal((await get('c')).found, false)
  assert.match((await history('a')).versions[0].subject, /^REVERT stock \(3 records\)$/)
  await run('REVERT', { event: reverting, source: 'https://github.com/acme/shop' })
  assert.deepEqual(
    [plain((await get('a')).record), (await get('b')).found, (await get('c')).found],
    [{ _id: 'a', n: 2 }, false, true],
  )
  await assert.rejects(run('REVERT', { commit }), { code: 'conflict' })
})

test('REVERT is refused where later commits changed the same records, and names both; force does it all the same', async () => {
  await upsert({ _id: 'a', n: 1 })
  const { event, commit } = await upsert({ _id: 'a', n: 2 })
  const later = await upsert({ _id: 'a', n: 3 })
  await fill()
  await assert.rejects(run('REVERT', { event }), {
    code: 'conflict',
    message: new RegExp(`${commit}.*later commits.*${later.commit!.slice(0, 10)} changed stock/a`),
  })
  assert.equal((await get('a')).record.n, 3)
  await run('REVERT', { event, force: true })
  assert.equal((await get('a')).record.n, 1)
  const own = [
    { operation: 'UPSERT', table: 'stock', record: { _id: 'r1', n: 1 } },
    { operation: 'REVERT', commit: (await history('r1')).versions[0].commit },
  ]
  await assert.rejects(run('TRANSACT', { operations: own }), {
    code: 'conflict',
    message: /changed by this transaction/,
  })
})

test('REVERT refuses an event that made no commit, is unknown, or a commit that changed no record', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const nothing = await upsert({ _id: 'cup', n: 1 })
  await assert.rejects(run('REVERT', { event: nothing.event }), {
    code: 'invalid',
    message: /made no commit: it changed nothing/,
  })
  await assert.rejects(run('REVERT', { event: 'x' }), {
    code: 'not_found',
    message: /no receipt of event 'x' of https/,
  })
  await assert.rejects(run('REVERT', { event: nothing.event, source: 'y' }), { code: 'not_found' })
  await assert.rejects(run('REVERT'), { code: 'invalid', message: /got neither/ })
  const { commit } = await fill()
  const split = (await database.workspace().history(main).commit(commit!)).parents[0]!
  assert.match((await database.workspace().history(main).commit(split)).message, /^SPLIT stock/)
  await assert.rejects(run('REVERT', { commit: split }), { code: 'invalid', message: /changed no record/ })
  const restored = await run('REVERT', { commit })
  assert.equal(restored.result.revertedRecords.length, 2)
})

test('REVERT brings back a table that was dropped, and keeps to the schema', async () => {
  await upsert({ _id: 'a', n: 1 })
  await upsert({ _id: 'b', n: 'text' })
  const { event } = await run('DROPTABLE', { table: 'stock' })
  await run('REVERT', { event })
  assert.deepEqual(
    [plain((await get('a')).record), plain((await get('b')).record)],
    [
      { _id: 'a', n: 1 },
      { _id: 'b', n: 'text' },
    ],
  )
  const gone = await run('DELETEMANY', { table: 'stock', query: {} })
  const schema = '{"properties":{"n":{"type":"integer"}}}'
  await move(tip(), await person([tip()], { '.schema.json': schema }, 'Schema'))
  await assert.rejects(run('REVERT', { event: gone.event }), {
    code: 'invalid',
    message: /'b' breaks the schema.*\/n must be integer \(#\/properties\/n\/type\)/,
  })
})

test('REVERT gives a table that a person renamed the case that it had', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const renamed = await person([base], { 'cup.json': '{"_id":"cup","n":1}\n' }, 'Rename', { table: 'Stock' })
  await move(base, renamed)
  assert.equal((await get('cup')).found, false)
  await run('REVERT', { commit: renamed })
  assert.equal((await get('cup')).record.n, 1)
  assert.deepEqual((await run('INIT')).result.tables, { stock: 'stock' })
})

test('CHANGES lists what changed since a commit, in order, and how to go on; a split is none', async () => {
  assert.deepEqual((await run('CHANGES')).result, { commits: [], more: false })
  const first = await upsert({ _id: 'cup', n: 1 })
  const changes = async (more = {}) => (await run('CHANGES', more)).result
  await fill()
  const updated = await run('PATCH', { table: 'stock', id: 'cup', patch: { n: 2 } })
  const deleted = await run('DELETEONE', { table: 'stock', query: { _id: 'cup' } })
  const other = await upsert({ _id: 'o' }, 'order')
  const all = await changes()
  assert.deepEqual(
    all.commits.map(({ changes }: Loose) => changes.length),
    [1, 999, 2, 1, 1, 1],
  )
  assert.deepEqual([all.next, all.head, all.more], [other.commit, other.commit, false])
  const since = await changes({ since: updated.commit, records: false })
  assert.deepEqual(
    since.commits.map(({ commit, changes }: Loose) => [commit, changes]),
    [
      [deleted.commit, [{ table: 'stock', id: 'cup', kind: 'deleted' }]],
      [other.commit, [{ table: 'order', id: 'o', kind: 'inserted' }]],
    ],
  )
  const [one] = (await changes({ since: '2026-01-01T00:00:04Z', limit: 1 })).commits
  assert.deepEqual([one.commit, one.event.id, one.changes[0].kind], [updated.commit, updated.event, 'updated'])
  assert.equal(one.changes[0].record.n, 2)
  const page = await changes({ limit: 2 })
  assert.equal(page.more, true)
  assert.deepEqual([...page.commits, ...(await changes({ since: page.next })).commits], all.commits)
  assert.deepEqual(
    (await changes({ table: 'order', since: first.commit })).commits.map(({ commit }: Loose) => commit),
    [other.commit],
  )
  assert.deepEqual(await changes({ since: tip() }), { commits: [], next: tip(), head: tip(), more: false })
})

test('a handler that asks for no CHANGES at all has passed none over', async () => {
  await upsert({ _id: 'cup' })
  const past = new Past({ history: database.workspace().history(main) }, ['db'])
  assert.deepEqual(await past.changes({ limit: 0 }), { commits: [], head: tip(), more: true })
})

test('CHANGES leads a consumer over merges to what the branch holds, whichever parent the branch was', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const { commit: ours } = await upsert({ _id: 'jug' })
  const theirs = await person([base], { 'cup.json': '{"_id":"cup","n":3}\n' }, 'Theirs')
  const files = { 'cup.json': '{"_id":"cup","n":3}\n' }
  const merge = await person([theirs, ours!], files, 'A merge that dropped our jug')
  await move(ours!, merge)
  const { commits, next } = (await run('CHANGES', { since: ours })).result
  assert.deepEqual([commits.length, commits[0].commit, next], [1, merge, merge])
  assert.deepEqual(
    commits[0].changes.map(({ id, kind }: Loose) => `${id} ${kind}`),
    ['cup updated', 'jug deleted'],
  )
})

test('a merge that takes one of two versions is a version of its own: HISTORY begins with it, DIFF ends with it, and REVERT undoes what it took and nothing that it left out', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const { commit: ours, event } = await upsert({ _id: 'cup', n: 2 })
  const theirs = await person([base], { 'cup.json': '{"_id":"cup","n":3}\n' }, 'Theirs')
  const { blob } = await get('cup')
  const files = { 'cup.json': (await database.workspace().history(main).blobs([blob]))[0]!.toString() }
  const merge = await person([theirs, ours!], files, 'Ours is right')
  await move(ours!, merge)
  const { versions } = await history('cup')
  assert.deepEqual([versions[0].commit, versions[0].blob, versions.length], [merge, blob, 4])
  const diff = async (more = {}) => (await run('DIFF', { table: 'stock', id: 'cup', ...more })).result
  assert.deepEqual([(await diff()).from.commit, (await diff()).to.commit, (await diff()).patch], [ours, merge, []])
  assert.equal((await diff({ to: ours })).from.commit, base)
  assert.equal((await diff({ to: theirs })).from.commit, base)
  await assert.rejects(run('REVERT', { commit: theirs }), {
    code: 'conflict',
    message: new RegExp(`the merge ${merge.slice(0, 10)} changed stock/cup\\. Write the records as they should be, or`),
  })
  await run('REVERT', { event })
  assert.equal((await get('cup')).record.n, 1)
})

test('a merge that leaves out what the branch had is told as what removed it', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const jug = await upsert({ _id: 'jug' })
  const files = {
    'cup.json': (
      await database
        .workspace()
        .history(main)
        .blobs([(await get('cup')).blob])
    )[0]!.toString(),
  }
  const merge = await person([await person([base], files, 'Side'), jug.commit!], files, 'Without the jug')
  await move(jug.commit!, merge)
  const { versions } = await history('jug')
  assert.deepEqual(
    versions.map(({ commit, deleted }: Loose) => [commit, deleted]),
    [
      [merge, true],
      [jug.commit, false],
    ],
  )
  await assert.rejects(run('REVERT', { event: jug.event }), {
    code: 'conflict',
    message: /the merge .* changed stock\/jug/,
  })
})

test('a time reads what the branch was then, whichever parent of a merge it was, and whatever the clocks of people said', async () => {
  await upsert({ _id: 'cup', n: 1 })
  const base = tip()
  const { commit: second } = await upsert({ _id: 'cup', n: 2 })
  const { commit: third } = await upsert({ _id: 'cup', n: 3 })
  const files = { 'cup.json': '{"_id":"cup","n":4}\n' }
  const slow = await person([base], files, 'A slow clock', { time: Date.UTC(2026, 0, 1, 0, 0, 1) })
  const pulled = await person([slow, third!], files, 'git pull, by the same clock', {
    time: Date.UTC(2026, 0, 1, 0, 0, 2),
  })
  await move(third!, pulled)
  const { commit: last } = await upsert({ _id: 'cup', n: 5 })
  const fast = await person([last!], files, 'A fast clock', { time: Date.UTC(2099, 0, 1) })
  await move(last!, fast)
  await upsert({ _id: 'cup', n: 6 })
  const at = async (time: string) => (await get('cup', time)).record.n
  const times = [
    '2026-01-01T00:00:01Z',
    '2026-01-01T00:00:02Z',
    '2026-01-01T00:00:04Z',
    '2026-01-01T00:00:05Z',
    '2026-02-01',
  ]
  const read: unknown[] = []
  for (const time of times) read.push(await at(time))
  assert.deepEqual(read, [1, 2, 5, 6, 6])
  const { commits } = (await run('CHANGES', { since: base })).result
  assert.deepEqual(
    commits.slice(0, 4).map(({ commit }: Loose) => commit),
    [second, third, pulled, last],
  )
})

test('what a batch made before it landed is a part of the past: it is found, told, and reverted', async () => {
  const first = await database.runInBatch('UPSERT', { table: 'stock', record: { _id: 'cup', n: 1 } })
  const second = await database.runInBatch('UPSERT', { table: 'stock', record: { _id: 'cup', n: 2 } })
  const { result } = await database.runInBatch('HISTORY', { table: 'stock', id: 'cup' })
  assert.deepEqual(
    result.versions.map(({ commit }: Loose) => commit),
    [second.commit, first.commit],
  )
  await database.runInBatch('REVERT', { event: second.event })
  await database.land()
  assert.equal((await get('cup')).record.n, 1)
})

const author = { name: 'Zoë', email: 'zoe@example.org' }

/** A commit that a person made: these files in the table, and nothing else. */
async function person(
  parents: string[],
  files: Record<string, string>,
  message: string,
  { encoding, time = Date.UTC(2026, 5, 1), table = 'stock' }: { encoding?: string; time?: number; table?: string } = {},
): Promise<string> {
  const blobs = Object.entries(files).map(([name, text]) => ({ name, blob: makeObject('blob', Buffer.from(text)) }))
  const stock = encodeTree(blobs.map(({ name, blob }) => ({ name, mode: '100644', oid: blob.oid })))
  const db = encodeTree([{ name: table, mode: '40000', oid: stock.oid }])
  const root = encodeTree([{ name: 'db', mode: '40000', oid: db.oid }])
  const commit = encodeCommit({
    tree: root.oid,
    parents,
    author,
    time,
    message: encoding ? 'x' : message,
  })
  const made = encoding ? encoded(commit, message, encoding) : commit
  pending.push(...blobs.map(({ blob }) => blob), stock, db, root, made)
  return made.oid
}

const pending: GitObject[] = []

function encoded(commit: GitObject, message: string, encoding: string): GitObject {
  const header = commit.body.toString('latin1').split('\n\n')[0]!
  return makeObject('commit', Buffer.from(`${header}\nencoding ${encoding}\n\n${message}\n`, 'latin1'))
}

/** As a push does it, behind the back of who has the workspace open. */
async function move(from: string, to: string): Promise<void> {
  assert.equal(await database.repository.land(pending.splice(0), [{ ref: main, from, to }]), 'landed')
  await database.reopen()
}

test('CHANGES since what is no commit is refused where there is none yet, too', async () => {
  const empty = await openTestDatabase()
  const changes = (since: string) => empty.run('CHANGES', { since })
  await assert.rejects(changes('0'.repeat(40)), { code: 'not_found' })
  await assert.rejects(changes('main'), { code: 'invalid', message: /^since must be/ })
  assert.deepEqual((await changes('2026-01-01')).result, { commits: [], more: false })
})
