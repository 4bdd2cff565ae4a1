import assert from 'node:assert/strict'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git as gitOf } from '../../src/git/commands/git.ts'
import { git, newFolder, runGit } from '../../src/hub/testing/testHub.ts'
import { assertSound, commitAll, edit } from './clone.ts'
import { fill, openStore } from './openStore.ts'

test('sort order: files and folders whose names begin alike stand in git’s order, beside what a person put there', async (t) => {
  const store = await openStore(t)
  const { work } = store
  // Git compares a folder as if its name ended in a slash: `a-b` < `a.json` < `a/` < `a0`.
  for (const path of ['db/a/x.json', 'db/a-b/x.json', 'db/a.b/x.json', 'db/a0/x.json'])
    await edit(work, path, () => '{"_id": "x"}')
  for (const path of ['db/.a', 'a', 'db.txt', 'db-x/y', 'db0']) await edit(work, path, () => 'text\n')
  await commitAll(work, 'Names that begin alike')
  await git(work, 'push', '-q')
  for (const table of ['a', 'a-b', 'a.b', 'a0', 'a-', 'A~'])
    for (const id of ['a', 'a-b', 'a.b', 'a0', 'x']) await store.call('upsert', table, { _id: id, n: 1 })
  for (const table of ['a', 'a-b', 'a.b', 'a0', 'a-', 'A~'])
    assert.deepEqual(await store.ids(table), ['a', 'a-b', 'a.b', 'a0', 'x'])
  await assertSound(store.hub.folder)
})

test('file modes: a record that a person made executable is written on, and its mode stays', async (t) => {
  const store = await openStore(t)
  const path = 'db/stock/first.json'
  await git(store.work, 'update-index', '--chmod=+x', path)
  await git(store.work, 'commit', '-q', '-m', 'Executable')
  await git(store.work, 'push', '-q')
  await store.call('upsert', 'stock', { _id: 'first', n: 1 })
  assert.equal((await store.call('get', 'stock', 'first')).n, 1)
  assert.match(await git(store.hub.folder, 'ls-tree', 'main', path), /^100755 blob/)
  await assertSound(store.hub.folder)
})

test('links and submodules: beside db/ they stay as they are, among records they are refused by their path', async (t) => {
  const store = await openStore(t)
  const { work, hub } = store
  await symlink('db/stock/first.json', join(work, 'shortcut'))
  await git(work, 'add', 'shortcut')
  const commit = await git(work, 'rev-parse', 'HEAD')
  await git(work, 'update-index', '--add', '--cacheinfo', `160000,${commit},vendor`)
  await git(work, 'commit', '-q', '-m', 'A link and a submodule')
  await git(work, 'push', '-q')
  await store.call('upsert', 'stock', { _id: 'second' })
  assert.match(await git(hub.folder, 'ls-tree', 'main', 'shortcut', 'vendor'), /^120000 blob .*\n160000 commit /)
  await git(work, 'pull', '-q', '--ff-only')
  await symlink('first.json', join(work, 'db/stock/third.json'))
  await git(work, 'update-index', '--add', '--cacheinfo', `160000,${commit},db/fourth`)
  await git(work, 'add', 'db/stock/third.json')
  await git(work, 'commit', '-q', '-m', 'Among records')
  const { status, words } = await runGit(work, 'push')
  assert.notEqual(status, 0)
  assert.match(words, /db\/stock\/third\.json: symbolic links are not allowed/)
  assert.match(words, /db\/fourth: submodules are not allowed/)
})

test('empty trees: with its last record a table’s folder goes, with the last table db/, and the next write begins anew', async (t) => {
  const store = await openStore(t)
  await store.call('deleteOne', 'stock', { _id: 'first' })
  assert.equal(await git(store.hub.folder, 'ls-tree', '-r', 'main'), '')
  assert.equal(await git(store.hub.folder, 'rev-parse', 'main^{tree}'), emptyTree)
  await assertSound(store.hub.folder)
  assert.deepEqual(await store.ids('stock'), [])
  await store.call('insert', 'stock', { _id: 'again' })
  assert.deepEqual(await store.ids('stock'), ['again'])
  await git(store.work, 'pull', '-q', '--ff-only')
  await git(store.work, 'rm', '-rq', 'db')
  await git(store.work, 'commit', '-q', '-m', 'Take all away')
  await git(store.work, 'push', '-q')
  await store.call('insert', 'stock', { _id: 'once-more' })
  assert.deepEqual(await store.ids('stock'), ['once-more'])
  await assertSound(store.hub.folder)
})

test('empty trees: one that a person’s tool wrote into a commit is no table, and is no obstacle', async (t) => {
  const store = await openStore(t)
  const { work } = store
  await git(work, 'hash-object', '-t', 'tree', '-w', '/dev/null')
  const tree = await mktree(
    work,
    `040000 tree ${await git(work, 'rev-parse', 'HEAD:db/stock')}\tstock\n040000 tree ${emptyTree}\thollow\n`,
  )
  await commitRoot(work, `040000 tree ${tree}\tdb\n`)
  await git(work, 'push', '-q', 'origin', 'HEAD:main')
  assert.deepEqual(await store.ids('hollow'), [])
  await store.call('insert', 'hollow', { _id: 'x' })
  assert.deepEqual(await store.ids('hollow'), ['x'])
  await assertSound(store.hub.folder)
})

test('timezones: `at` and CHANGES go by the moment, whatever zone a commit says it was made in', async (t) => {
  const store = await openStore(t)
  const { work } = store
  // The clocks say that the second was made first; in UTC it is 05:00 and then 06:00.
  for (const [n, date] of [
    [1, '2090-01-01T10:30:00+0530'],
    [2, '2089-12-31T20:00:00-1000'],
  ] as const) {
    await edit(work, 'db/stock/first.json', () => `{"_id": "first", "n": ${n}}`)
    await git(work, 'add', '-A')
    await plumb(work, ['commit', '-q', '-m', `n ${n}`], '', { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date })
  }
  await git(work, 'push', '-q')
  const at = async (time: string) => (await store.call('get', 'stock', 'first', { at: time }))?.n
  assert.deepEqual(
    [
      await at('2090-01-01T04:59:59Z'),
      await at('2090-01-01T05:00:00Z'),
      await at('2090-01-01T05:59:59Z'),
      await at('2090-01-01T06:00:00Z'),
      await at('2090-01-01T11:30:00+05:30'),
    ],
    [0, 1, 1, 2, 2],
  )
  const { versions } = await store.call('history', 'stock', 'first')
  assert.deepEqual(versions.map(({ time }: { time: string }) => time).slice(0, 2), [
    '2090-01-01T06:00:00Z',
    '2090-01-01T05:00:00Z',
  ])
})

test('times: a commit of a time that no clock will show is read like any other, and so is what comes after it', async (t) => {
  const store = await openStore(t)
  const { work } = store
  for (const [n, seconds] of ['9223372036854775807', '8640000000001', '253402300800', '4294967296', '0'].entries()) {
    await edit(work, 'db/stock/first.json', () => `{"_id": "first", "n": ${n + 1}}`)
    await git(work, 'add', '-A')
    const tree = await git(work, 'write-tree')
    const signed = `Ada <ada@example.org> ${seconds} +0000`
    const body = `tree ${tree}\nparent ${await git(work, 'rev-parse', 'HEAD')}\nauthor ${signed}\ncommitter ${signed}\n\nn\n`
    await git(work, 'reset', '-q', await plumb(work, ['hash-object', '-t', 'commit', '-w', '--stdin'], body))
  }
  await git(work, 'push', '-q')
  await store.call('upsert', 'stock', { _id: 'first', n: 6 })
  const { versions } = await store.call('history', 'stock', 'first')
  const times = versions.map(({ time }: { time: string }) => time)
  assert.deepEqual(times.slice(1, -1), [
    '1970-01-01T00:00:00Z',
    '2106-02-07T06:28:16Z',
    '+010000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '+275760-09-13T00:00:00Z',
  ])
  assert.equal((await store.call('changes', {})).commits.length, 7)
  assert.equal((await store.call('get', 'stock', 'first', { at: '2100-01-01T00:00:00Z' })).n, 6)
  await assertSound(store.hub.folder)
})

test('non-ASCII and non-UTF-8 names: outside db/ they are kept byte by byte, inside they are refused and said', async (t) => {
  const store = await openStore(t)
  const { work, hub } = store
  const blob = await git(work, 'rev-parse', 'HEAD:db/stock/first.json')
  const latin = Buffer.concat([Buffer.from(`100644 blob ${blob}\tGr`), Buffer.from([0xfc]), Buffer.from('n\n')])
  const odd = Buffer.concat([latin, Buffer.from(`100644 blob ${blob}\tÄpfel €\n100644 blob ${blob}\t日本語.json\n`)])
  await commitRoot(work, odd)
  await git(work, 'push', '-q', 'origin', 'HEAD:main')
  const before = await git(hub.folder, 'ls-tree', 'main')
  await store.call('upsert', 'stock', { _id: 'second' })
  const names = (text: string) => text.split('\n').filter((line) => !line.endsWith('\tdb'))
  assert.deepEqual(names(await git(hub.folder, 'ls-tree', 'main')), names(before))
  assert.match(before, /"Gr\\374n"/)
  await git(work, 'fetch', '-q')
  await git(work, 'reset', '-q', '--soft', 'origin/main')
  for (const name of [Buffer.from('Äpfel.json'), Buffer.from([0xfc, 0x2e, 0x6a, 0x73, 0x6f, 0x6e])]) {
    const table = await mktree(work, Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), name, Buffer.from('\n')]))
    const db = await mktree(work, `040000 tree ${table}\tstock\n`)
    await commitRoot(work, `040000 tree ${db}\tdb\n`)
    const { status, words } = await runGit(work, 'push', 'origin', 'HEAD:main')
    assert.notEqual(status, 0)
    assert.match(words, /^remote: db\/stock\/.*\.json: /m)
    await git(work, 'reset', '-q', '--soft', 'origin/main')
  }
  await assertSound(hub.folder)
})

test('CRLF, a byte order mark, a missing final newline, and keys in a person’s order: read as they are, and left so until written', async (t) => {
  const store = await openStore(t)
  const { work, hub } = store
  await git(work, 'config', 'core.autocrlf', 'false')
  await edit(work, 'db/stock/crlf.json', () => '{\r\n  "n": 1,\r\n  "_id": "crlf"\r\n}\r\n')
  await edit(work, 'db/stock/bare.json', () => '{"n":1,"_id":"bare"}')
  await commitAll(work, 'From an editor')
  await git(work, 'push', '-q')
  const blob = await git(hub.folder, 'rev-parse', 'main:db/stock/crlf.json')
  assert.equal((await store.call('get', 'stock', 'crlf')).n, 1)
  await store.call('upsert', 'stock', { _id: 'crlf', n: 1 })
  assert.equal(
    await git(hub.folder, 'rev-parse', 'main:db/stock/crlf.json'),
    blob,
    'a write that changes nothing changes nothing',
  )
  await store.call('upsert', 'stock', { _id: 'bare', n: 2 })
  assert.match(
    await git(hub.folder, 'show', 'main:db/stock/bare.json'),
    /^\{\n {2}"_id": "bare",\n {2}"n": 2,|^\{\n {2}"n": 2,\n {2}"_id": "bare"/,
  )
  await assertSound(hub.folder)
})

test('a twin in another case: a record or a table that differs only so is refused with the other’s path', async (t) => {
  const { work } = await openStore(t)
  await edit(work, 'db/stock/FIRST.json', () => '{"_id": "FIRST"}')
  await edit(work, 'db/Stock/x.json', () => '{"_id": "x"}')
  await commitAll(work, 'Twins')
  const { status, words } = await runGit(work, 'push')
  assert.notEqual(status, 0)
  assert.match(words, /db\/stock\/FIRST\.json: .*db\/stock\/first\.json/)
  assert.match(words, /db\/Stock: .*'stock'/)
})

test('a huge blob: outside db/ it is pushed and kept, as a record it is refused by its size', async (t) => {
  const store = await openStore(t)
  const { work } = store
  await writeFile(join(work, 'film.bin'), Buffer.alloc(20 << 20, 'frame '))
  await commitAll(work, 'A film')
  await git(work, 'push', '-q')
  await store.call('upsert', 'stock', { _id: 'first', n: 1 })
  await git(work, 'pull', '-q', '--ff-only')
  await edit(work, 'db/stock/huge.json', () => `{"_id": "huge", "text": "${'x'.repeat(2 << 20)}"}`)
  await commitAll(work, 'A huge record')
  assert.match(
    (await runGit(work, 'push')).words,
    /db\/stock\/huge\.json: it has [\d,]+ bytes, a record at most 1,048,576/,
  )
  await assertSound(store.hub.folder)
})

test('packed refs, loose objects and alternates of a repository that git made: read and written on', async (t) => {
  const store = await openStore(t)
  await fill(store, 'item', 50)
  await store.hub.stop()
  const [original, borrower] = [store.hub.folder, join(await newFolder(t), 'borrower.git')]
  await git('/', 'clone', '-q', '--bare', '--shared', original, borrower)
  await git(borrower, 'pack-refs', '--all')
  const loose = join(await newFolder(t), 'loose')
  await git('/', 'clone', '-q', borrower, loose)
  await edit(loose, 'db/item/r1.json', (text) => text.replace('"n": 1', '"n": 100'))
  await commitAll(loose, 'Loose')
  await git(loose, 'push', '-q')
  await git(borrower, 'pack-refs', '--all')
  assert.ok(
    (await readdir(join(borrower, 'objects'))).some((name) => /^[0-9a-f]{2}$/.test(name)),
    'loose objects',
  )
  const reopened = await openStore(t, borrower)
  assert.equal((await reopened.call('get', 'item', 'r1')).n, 100)
  await reopened.call('upsert', 'item', { _id: 'r2', n: 200 })
  assert.equal(await reopened.call('count', 'item', {}), 50)
  assert.match(await git(borrower, 'log', '-1', '--format=%s', 'main'), /UPSERT|call/)
  await assertSound(borrower)
})

test('a shallow clone and a partial clone: pushes from them land', async (t) => {
  const store = await openStore(t)
  for (const n of [1, 2, 3]) await store.call('upsert', 'stock', { _id: 'first', n })
  const address = await git(store.work, 'remote', 'get-url', 'origin')
  for (const [index, how] of ['--depth=1', '--filter=blob:none', '--filter=tree:0'].entries()) {
    const work = join(await newFolder(t), 'work')
    await git('/', 'clone', '-q', how, address, work)
    await edit(work, 'db/stock/first.json', (text) => text.replace(/"n": \d+/, `"n": ${index + 10}`))
    await commitAll(work, how)
    await git(work, 'push', '-q')
    assert.equal((await store.call('get', 'stock', 'first')).n, index + 10)
  }
  await assertSound(store.hub.folder)
})

test('a hub on a shallow clone: what is there is read and undone, and where the history is cut off that is said', async (t) => {
  const store = await openStore(t)
  for (const n of [1, 2, 3]) await store.call('upsert', 'stock', { _id: 'first', n })
  await store.hub.idle()
  const folder = join(await newFolder(t), 'shallow.git')
  await git('/', 'clone', '-q', '--bare', '--depth=2', `file://${store.hub.folder}`, folder)
  const { call } = await openStore(t, folder)
  const { versions } = await call('history', 'stock', 'first')
  assert.deepEqual(
    versions.map(({ record }: { record: { n: number } }) => record.n),
    [3, 2],
  )
  await assert.rejects(call('revert', { commit: versions[1].commit, force: true }), {
    code: 'invalid',
    message: /is where this repository's history is cut off/,
  })
  await call('revert', { commit: versions[0].commit })
  assert.equal((await call('get', 'stock', 'first')).n, 2)
})

test('HEAD elsewhere: a hub serves the branch that it was told, and a detached HEAD is refused with what to do', async (t) => {
  const store = await openStore(t)
  await store.hub.stop()
  const { folder } = store.hub
  await git(folder, 'symbolic-ref', 'HEAD', 'refs/heads/other')
  const other = await openStore(t, folder)
  assert.equal(other.hub.branch, 'refs/heads/other')
  await other.call('insert', 'stock', { _id: 'here' })
  assert.deepEqual(await other.ids('stock'), ['here'])
  await other.hub.stop()
  await writeFile(join(folder, 'HEAD'), `${await git(folder, 'rev-parse', 'main')}\n`)
  await assert.rejects(openStore(t, folder), { code: 'invalid', message: /HEAD of .* names no branch/ })
})

test('replace refs: a push of one is refused; a local one changes nothing that is read', async (t) => {
  const store = await openStore(t)
  await store.call('upsert', 'stock', { _id: 'first', n: 1 })
  await git(store.work, 'pull', '-q', '--ff-only')
  await git(store.work, 'replace', 'HEAD', 'HEAD~1')
  const { status, words } = await runGit(store.work, 'push', 'origin', 'refs/replace/*')
  assert.notEqual(status, 0)
  assert.match(words, /objects of this repository cannot be replaced/)
  await store.hub.stop()
  const { folder } = store.hub
  await git(folder, 'replace', 'main', 'main~1')
  const again = await openStore(t, folder)
  assert.equal((await again.call('get', 'stock', 'first')).n, 1)
  assert.equal((await again.call('history', 'stock', 'first')).versions.length, 2)
})

test('a tag: one of the branch’s name beside it, light or annotated, misleads nobody; the branch cannot be one', async (t) => {
  const store = await openStore(t)
  const { work, hub } = store
  await git(work, 'tag', '-a', '-m', 'v1', 'main')
  await git(work, 'tag', 'light')
  await git(work, 'push', '-q', 'origin', 'refs/tags/main', 'refs/tags/light')
  await store.call('upsert', 'stock', { _id: 'first', n: 1 })
  assert.equal((await store.call('get', 'stock', 'first')).n, 1)
  assert.equal((await store.call('history', 'stock', 'first')).versions.length, 2)
  const refused = await runGit(work, 'push', '--force', 'origin', 'refs/tags/main:refs/heads/main')
  assert.notEqual(refused.status, 0)
  await assertSound(hub.folder)
})

test('octopus merges: three branches in one commit are one push, and each record has its history', async (t) => {
  const store = await openStore(t)
  const { work } = store
  for (const name of ['one', 'two', 'three']) {
    await git(work, 'checkout', '-q', '-b', name, 'origin/main')
    await edit(work, `db/stock/${name}.json`, () => `{"_id": "${name}"}`)
    await commitAll(work, `Add ${name}`)
  }
  await git(work, 'checkout', '-q', 'main')
  await git(work, 'merge', '-q', '-m', 'Octopus', 'one', 'two', 'three')
  await git(work, 'push', '-q')
  assert.deepEqual(await store.ids('stock'), ['first', 'one', 'three', 'two'])
  for (const name of ['one', 'two', 'three']) {
    const { versions } = await store.call('history', 'stock', name)
    assert.ok(versions.length >= 1, name)
  }
  const { commits } = await store.call('changes', {})
  const ids = commits.flatMap(({ changes }: { changes: { id: string }[] }) => changes.map(({ id }) => id))
  assert.deepEqual(ids.toSorted(), ['first', 'one', 'three', 'two'])
  await assertSound(store.hub.folder)
})

test('a clone of a clone, pushed by way of both, lands; a merge of unrelated histories and a renamed record too', async (t) => {
  const store = await openStore(t)
  const second = join(await newFolder(t), 'second')
  await git('/', 'clone', '-q', store.work, second)
  await git(second, 'mv', 'db/stock/first.json', 'db/stock/renamed.json')
  await edit(second, 'db/stock/renamed.json', (text) => text.replace('"first"', '"renamed"'))
  await commitAll(second, 'Another name')
  await git(store.work, 'pull', '-q', '--ff-only', second, 'main')
  await git(store.work, 'push', '-q')
  assert.deepEqual(await store.ids('stock'), ['renamed'])
  const foreign = await foreignRepository(t)
  await git(store.work, 'pull', '-q', '--no-rebase', '--no-edit', '--allow-unrelated-histories', foreign, 'main')
  await git(store.work, 'push', '-q')
  assert.deepEqual(await store.ids('stock'), ['foreign', 'renamed'])
  await git(store.work, 'mv', 'db/stock/foreign.json', 'db/stock/half.json')
  await commitAll(store.work, 'Forget the _id')
  assert.match(
    (await runGit(store.work, 'push')).words,
    /db\/stock\/half\.json: its _id must be the file's name, 'half'; got 'foreign'/,
  )
  await assertSound(store.hub.folder)
})

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

async function foreignRepository(t: TestContext): Promise<string> {
  const folder = join(await newFolder(t), 'foreign')
  await mkdir(folder)
  await git(folder, 'init', '-q', '-b', 'main')
  await edit(folder, 'db/stock/foreign.json', () => '{"_id": "foreign"}')
  await commitAll(folder, 'From elsewhere')
  return folder
}

/** The tree of those lines of `git ls-tree`; git does not ask what is in them. */
function mktree(work: string, lines: string | Buffer): Promise<string> {
  return plumb(work, ['mktree', '--missing'], lines)
}

/** Commits on top of HEAD what HEAD has, with those lines of `git ls-tree` in the place of their names. */
async function commitRoot(work: string, lines: string | Buffer): Promise<void> {
  const given = Buffer.from(lines)
  const named = new Set(
    given
      .toString('latin1')
      .split('\n')
      .map((line) => line.split('\t')[1]),
  )
  const kept = (await git(work, 'ls-tree', 'HEAD')).split('\n').filter((line) => !named.has(line.split('\t')[1]!))
  const root = await mktree(work, Buffer.concat([Buffer.from(kept.map((line) => `${line}\n`).join('')), given]))
  await git(work, 'reset', '-q', '--soft', await git(work, 'commit-tree', '-m', 'By hand', '-p', 'HEAD', root))
}

async function plumb(work: string, args: readonly string[], input: string | Buffer, variables = {}): Promise<string> {
  const person = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  }
  const options = { environment: process.env, variables: { ...person, ...variables, HOME: work }, input }
  return (await gitOf(['-C', work, ...args], options)).toString().trim()
}
