import assert from 'node:assert/strict'
import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseBasedir } from '../../src/database/tables/names.ts'
import { git, newFolder, runGit, startTestHub } from '../../src/hub/testing/testHub.ts'
import { runAction } from '../action/runAction.ts'
import { applied, startDatabaseHub } from './databaseHub.ts'

/** Names that would lead out of the database, into git's or GitHub's own files, or to another file than they say. */
const names = [
  '..',
  '../x',
  '../../.git/config',
  'a/../../x',
  '/etc/passwd',
  'C:\\x',
  '\\\\server\\x',
  '.git',
  '.GIT',
  '.git.',
  '.github',
  '.gitmodules',
  'git~1',
  'GIT~2',
  'gi7eba~1',
  '.g\u200cit',
  '.',
  '',
  ' ',
  'a b',
  'x.',
  'x\0.json',
  'x\n',
  'x\r',
  'x/y',
  'x\\y',
  'x:stream',
  'con',
  'NUL.json',
  'aux',
  '__proto__',
  '-rf',
  '--upload-pack',
  '--upload-pack=x',
  'ｓtock',
  'ѕtock',
  'stock\u0301',
  'stoc\u212a',
  '․․',
  '%2e%2e',
  'a'.repeat(129),
  'a'.repeat(60_000),
]
/** These two are harmless and odd. */
const harmless = new Set(['-rf', '--upload-pack'])

test('no id and no table leads anywhere but to its own file', async (t) => {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'one' } })
  const before = await git(hub.folder, 'rev-parse', 'main')
  for (const name of names.filter((each) => !harmless.has(each))) {
    const attempts: [string, Record<string, unknown>][] = [
      ['put', { table: 'stock', record: { _id: name } }],
      ['put', { table: name, record: { _id: 'two' } }],
      ['get', { table: 'stock', id: name }],
      ['get', { table: name, id: 'one' }],
      ['patch', { table: name, id: 'one', patch: { a: 1 } }],
      ['find', { table: name, query: {} }],
      ['drop', { table: name }],
    ]
    const receipts = await Promise.all(attempts.map(([type, payload]) => applied(hub, type, payload)))
    for (const { status, error, event } of receipts)
      assert.deepEqual([status, error?.code], ['refused', 'invalid'], `${event.type} ${name.slice(0, 40)}`)
  }
  assert.equal(await git(hub.folder, 'rev-parse', 'main'), before)
  for (const name of harmless) await applied(hub, 'put', { table: name, record: { _id: name } })
  const files = await git(hub.folder, 'ls-tree', '-r', '--name-only', 'main')
  const odd = [...harmless].map((name) => `db/${name}/${name}.json`)
  assert.deepEqual(files.split('\n').sort(), [...odd, 'db/stock/one.json'].sort())
  assert.equal((await runGit(hub.folder, 'fsck', '--full', '--strict')).words, '')
})

test('two names that another file system takes for one are not both stored', async (t) => {
  const hub = await startDatabaseHub(t)
  await applied(hub, 'put', { table: 'stock', record: { _id: 'Tea' } })
  for (const [table, _id] of [
    ['stock', 'tea'],
    ['stock', 'TEA'],
    ['Stock', 'cup'],
    ['STOCK', 'Tea'],
  ] as const) {
    const { status, error } = await applied(hub, 'put', { table, record: { _id } })
    assert.equal(status, 'refused', `${table}/${_id}: ${error?.message}`)
  }
  assert.equal(await git(hub.folder, 'ls-tree', '-r', '--name-only', 'main'), 'db/stock/Tea.json')
})

test('no base folder is outside of the repository, or git’s or GitHub’s', async (t) => {
  for (const name of [
    '..',
    '../db',
    'a/../../b',
    '/tmp',
    '.git',
    '.GIT/hooks',
    'x/.git',
    '.github',
    '.GitHub/workflows',
    '',
    './',
    'a//b',
    'git~1',
    'a\0',
    'a\nb',
    'ｄb',
  ])
    assert.throws(() => parseBasedir(name), { code: 'invalid' }, name)
  const hub = await startTestHub(t)
  for (const basedir of ['../db', '.github/workflows', '.git']) {
    const inputs = { operation: 'UPSERT', table: 'a', record: '{"_id":"1"}', basedir, github_token: hub.token }
    const step = await runAction(t, { server: hub.address, repository: hub.repository, inputs })
    assert.equal(step.status, 1, step.log)
    assert.match(step.log, /basedir must be a folder inside the repository/)
  }
  assert.equal(await git(hub.folder, 'for-each-ref', 'refs/heads'), '')
})

test('a symbolic link among the records is not followed, whoever put it there', async (t) => {
  const outside = join(await newFolder(t), 'outside')
  await mkdir(outside)
  const work = join(await newFolder(t), 'work')
  await git('/', 'init', '-q', '-b', 'main', work)
  await mkdir(join(work, 'db'))
  await writeFile(join(work, 'link'), outside)
  const link = await git(work, 'hash-object', '-w', 'link')
  for (const path of ['db/stock', 'db/linked.json', 'db/orders/1.json'])
    await git(work, 'update-index', '--add', '--cacheinfo', `120000,${link},${path}`)
  await git(work, 'commit', '-q', '-m', 'Links')
  const folder = join(await newFolder(t), 'mirror')
  await git('/', 'clone', '-q', '--mirror', work, folder)
  const hub = await startDatabaseHub(t, folder)
  const put = await applied(hub, 'put', { table: 'stock', record: { _id: 'one' } })
  assert.match(put.error!.message, /db\/stock is a symbolic link, not a folder/)
  const one = await applied(hub, 'put', { table: 'orders', record: { _id: '1' } })
  assert.equal(one.status === 'done', false, JSON.stringify(one))
  assert.deepEqual(await readdir(outside), [])
  await assert.rejects(access(join(outside, 'one.json')))
})
