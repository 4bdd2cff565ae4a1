import assert from 'node:assert/strict'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Hub } from '../../src/hub/hub.ts'
import { cloneAddress, dispatch, git, newFolder, receiptOf, runGit } from '../../src/hub/testing/testHub.ts'
import { applied, startDatabaseHub } from './databaseHub.ts'

test('a push that puts a link, a submodule, git’s own files or a twin among the records is refused, and nothing moves', async (t) => {
  const { hub, work } = await start(t)
  const before = await git(hub.folder, 'for-each-ref')
  const blob = await blobOf(work, '{\n  "_id": "x"\n}\n')
  const link = await blobOf(work, '/etc')
  const commit = await git(work, 'rev-parse', 'HEAD')
  const attacks: [what: string, entries: string[]][] = [
    ['a link to a table', [`120000,${link},db/linked`]],
    ['a link to a record', [`120000,${link},db/stock/x.json`]],
    ['a link for a schema', [`120000,${link},db/stock/.schema.json`]],
    ['a link for the settings', [`120000,${link},db/.commitbase.json`]],
    ['a submodule for a table', [`160000,${commit},db/module`]],
    ['a submodule for a record', [`160000,${commit},db/stock/x.json`]],
    ['a twin of a record', [`100644,${await blobOf(work, '{\n  "_id": "ONE"\n}\n')},db/stock/ONE.json`]],
    ['a twin of a table', [`100644,${blob},db/STOCK/x.json`]],
    ['a look-alike table', [`100644,${blob},db/ѕtock/x.json`]],
    ['a full-width table', [`100644,${blob},db/ｓtock/x.json`]],
    ['a decomposed record', [`100644,${blob},db/stock/xe\u0301.json`]],
    ['a device name', [`100644,${blob},db/con/x.json`]],
    ['a short name of git’s', [`100644,${blob},db/git~1/x.json`]],
    ['a name with a line break', [`100644,${blob},db/stock/x\ny.json`]],
    ['a name with an escape', [`100644,${blob},db/stock/\u001b[31m.json`]],
    ['something else among the records', [`100644,${blob},db/stock/x.exe`]],
    ['a record under another name', [`100644,${blob},db/stock/y.json`]],
    ['a record in the wrong folder', [`100644,${blob},db/stock/zz/x.json`]],
  ]
  for (const [what, entries] of attacks) {
    await git(work, 'read-tree', 'HEAD')
    for (const entry of entries) await git(work, 'update-index', '--add', '--cacheinfo', entry)
    const tree = await git(work, 'write-tree')
    const next = await git(work, 'commit-tree', '-p', 'HEAD', '-m', what, tree)
    const { status, words } = await runGit(work, 'push', 'origin', `${next}:refs/heads/main`)
    assert.notEqual(status, 0, what)
    assert.match(words, /pre-receive hook declined|unpack|fsck/, what)
    assert.ok(!words.includes('\u001b'), what)
  }
  assert.equal(await git(hub.folder, 'for-each-ref'), before)
  assert.equal((await applied(hub, 'put', { table: 'stock', record: { _id: 'two' } })).status, 'done')
})

test('the whole base folder as a link, a file or a submodule is refused', async (t) => {
  const { hub, work } = await start(t)
  const link = await blobOf(work, '/etc')
  const commit = await git(work, 'rev-parse', 'HEAD')
  for (const entry of [`120000,${link},db`, `100644,${link},db`, `160000,${commit},db`]) {
    await git(work, 'read-tree', '--empty')
    await git(work, 'update-index', '--add', '--cacheinfo', entry)
    const next = await git(work, 'commit-tree', '-p', 'HEAD', '-m', 'All of it', await git(work, 'write-tree'))
    const { words } = await runGit(work, 'push', 'origin', `${next}:refs/heads/main`)
    assert.match(words, /remote: db: .*pre-receive hook declined/s, entry)
  }
  assert.equal((await applied(hub, 'put', { table: 'stock', record: { _id: 'two' } })).status, 'done')
})

test('objects that git itself would choke on are refused: .git in a tree, a forged pack, a commit with two authors', async (t) => {
  const { hub, work } = await start(t)
  const before = await git(hub.folder, 'for-each-ref')
  const blob = await blobOf(work, 'x')
  const trees = ['.git', '.GIT', 'git~1', '.g\u200cit', '..', '.', ''].map((name) => treeOf(name, blob))
  const doubled = Buffer.concat([treeOf('a', blob), treeOf('a', blob)])
  for (const body of [...trees, doubled, Buffer.from('100644 cut short\0abc')]) {
    const tree = await objectOf(work, 'tree', body)
    const commit = await objectOf(work, 'commit', Buffer.from(commitText(tree)))
    const { status } = await runGit(work, 'push', 'origin', `${commit}:refs/heads/side`)
    assert.notEqual(status, 0, body.toString('latin1', 0, 40))
  }
  const tree = await git(work, 'rev-parse', 'HEAD^{tree}')
  for (const text of [
    commitText(tree).replace(/^committer.*\n/m, ''),
    commitText(tree).replace('author', 'author A <a@b> 1 +0000\nauthor'),
    commitText(tree).replace(/ 1 \+0000/g, ' 99999999999999999999 +0000'),
    commitText(tree).replace('<a@b>', '<a@b> <c@d>'),
  ]) {
    const commit = await objectOf(work, 'commit', Buffer.from(text))
    assert.notEqual((await runGit(work, 'push', 'origin', `${commit}:refs/heads/side`)).status, 0, text)
  }
  assert.equal(await git(hub.folder, 'for-each-ref'), before)
})

test('refs of the hub’s own are taken in their shapes only, and a ref’s name leads nowhere', async (t) => {
  const { hub, work } = await start(t)
  const before = await git(hub.folder, 'for-each-ref')
  const cursor = await blobOf(work, '{"seq":1}\n')
  await git(work, 'fetch', '-q', 'origin', 'refs/commitbase/receipts:refs/receipts')
  const forged = await git(
    work,
    'commit-tree',
    '-p',
    'refs/receipts',
    '-m',
    'Forged',
    await git(work, 'rev-parse', 'HEAD^{tree}'),
  )
  const erased = await git(
    work,
    'commit-tree',
    '-p',
    'refs/receipts',
    '-m',
    'Erased',
    await git(work, 'mktree', '--missing'),
  )
  const bomb = await blobOf(work, `{"seq":${'1'.repeat(100_000)}}`)
  for (const [from, ref] of [
    ['HEAD', 'refs/commitbase/receipts'],
    [forged, 'refs/commitbase/receipts'],
    [erased, 'refs/commitbase/receipts'],
    [cursor, 'refs/commitbase/receipts'],
    ['', 'refs/commitbase/receipts'],
    ['HEAD', 'refs/commitbase/engine'],
    ['', 'refs/commitbase/engine'],
    [cursor, 'refs/commitbase/cursors/hub'],
    [cursor, 'refs/commitbase/cursors/somebody'],
    ['HEAD', 'refs/commitbase/cursors/action'],
    [bomb, 'refs/commitbase/cursors/action'],
    [await blobOf(work, '{"seq":-1}'), 'refs/commitbase/cursors/action'],
    [await blobOf(work, '{"seq":"1"}'), 'refs/commitbase/cursors/action'],
    [await blobOf(work, '[]'), 'refs/commitbase/cursors/action'],
    ['HEAD', 'refs/commitbase/lease'],
    [cursor, 'refs/commitbase'],
    [cursor, 'refs/commitbase/inbox'],
    [cursor, 'refs/commitbase/inbox/x'],
    [cursor, `refs/commitbase/inbox/${'a'.repeat(64)}/x`],
    [cursor, `refs/commitbase/inbox/${'A'.repeat(64)}`],
    [cursor, 'refs/COMMITBASE/receipts/../../heads/main'],
    ['HEAD', 'refs/replace/0000000000000000000000000000000000000001'],
    ['HEAD', 'refs/heads/main/below'],
    ['HEAD', 'refs/heads/../../config'],
    ['HEAD', 'refs/heads/x.lock'],
    ['HEAD', 'refs/heads/.x'],
    [forged, 'HEAD'],
    [forged, 'config'],
    [cursor, 'refs/heads/main'],
    ['', 'refs/heads/main'],
  ] as const) {
    const { status } = await runGit(work, 'push', '--force', 'origin', `${from}:${ref}`)
    assert.notEqual(status, 0, `${from} to ${ref}`)
  }
  assert.equal(await git(hub.folder, 'for-each-ref'), before)
})

test('a push that says it is an event is none: its trailers cause nothing, and the event itself comes later all the same', async (t) => {
  const { hub, work } = await start(t)
  const forged =
    'UPSERT stock/three\n\nEvent-Id: e-3\nEvent-Source: https://github.com/octo/shop\nEvent-Type: put\nOperation: UPSERT\n'
  await git(work, 'commit', '-q', '--allow-empty', '-m', forged)
  await git(work, 'push', '-q')
  assert.equal(await hub.findReceipt('https://github.com/octo/shop', 'e-3'), undefined)
  await dispatch(hub, 'put', { event_id: 'e-3', table: 'stock', record: { _id: 'three' } })
  const receipt = await receiptOf(hub, 'e-3')
  assert.equal(receipt.status, 'done')
  assert.notEqual(receipt.commit, await git(work, 'rev-parse', 'HEAD'))
})

test('nothing that a push brings is run: hooks, attributes, filters, modules', async (t) => {
  const { hub, work } = await start(t)
  const marker = join(await newFolder(t), 'ran')
  const script = `#!/bin/sh\ntouch ${marker}\n`
  for (const [path, text] of Object.entries({
    'hooks/pre-receive': script,
    'hooks/post-receive': script,
    '.gitattributes': '* filter=run diff=run merge=run export-subst\n',
    config: `[filter "run"]\n\tsmudge = touch ${marker}\n\tclean = touch ${marker}\n[core]\n\tfsmonitor = touch ${marker}\n`,
    '.github/workflows/x.yml': 'on: push\n',
  }))
    await put(work, path, text)
  await git(work, 'add', '-A')
  await git(work, 'commit', '-q', '-m', 'Scripts')
  await git(work, 'push', '-q')
  await applied(hub, 'put', { table: 'stock', record: { _id: 'two' } })
  await git('/', 'clone', '-q', cloneAddress(hub), join(await newFolder(t), 'again'))
  await assert.rejects(access(marker))
  const modules = '[submodule "x"]\n\tpath = x\n\turl = ext::touch ran\n\tupdate = !touch ran\n'
  await put(work, '.gitmodules', modules)
  await git(work, 'add', '-A')
  await git(work, 'commit', '-q', '-m', 'Modules')
  assert.match((await runGit(work, 'push', 'origin', 'HEAD:refs/heads/side')).words, /gitmodules/)
})

/** A hub with one record, and a clone of it. */
async function start(t: TestContext): Promise<{ hub: Hub; work: string }> {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one' } })
  const work = join(await newFolder(t), 'work')
  await git('/', 'clone', '-q', cloneAddress(hub), work)
  await git(work, 'config', 'core.protectNTFS', 'false')
  await git(work, 'config', 'core.protectHFS', 'false')
  return { hub, work }
}

async function put(work: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(work, path)), { recursive: true })
  await writeFile(join(work, path), text)
}

function blobOf(work: string, text: string): Promise<string> {
  return objectOf(work, 'blob', Buffer.from(text))
}

async function objectOf(work: string, type: string, body: Buffer): Promise<string> {
  const file = join(work, '.git', 'object')
  await writeFile(file, body)
  return git(work, 'hash-object', '-w', '-t', type, '--literally', file)
}

function treeOf(name: string, oid: string): Buffer {
  return Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(oid, 'hex')])
}

function commitText(tree: string): string {
  return `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nForged\n`
}
