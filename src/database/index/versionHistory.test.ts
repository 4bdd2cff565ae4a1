import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { type LocalRepository, openLocal } from '../../git/local/local.ts'
import type { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import { idDigits } from '../tables/tableFolder.ts'
import { commitTransaction } from '../transactions/apply.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { openIndexFile } from './indexFile.ts'
import { RecordIndex } from './recordIndex.ts'
import { recordsInLog } from './recordsInLog.ts'
import { VersionHistory, type VersionQuery } from './versionHistory.ts'
import { type NewVersion, VersionSegments, versionKey } from './versionSegments.ts'

const branch = 'refs/heads/main'

describe('the versions of a record', () => {
  let folder: string
  let repository: LocalRepository
  let index: RecordIndex
  let writer: Writer
  let clone: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'history-'))
    clone = join(folder, 'clone')
    repository = await openLocal(join(folder, 'git'))
    await openAll()
  })

  afterEach(async () => {
    await closeAll()
    await repository.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function openAll(): Promise<void> {
    index = new RecordIndex({
      path: join(folder, 'index.sqlite'),
      basedir: 'db',
      read: (oids) => repository.read(oids),
      changesOf: recordsInLog(repository, 'db', process.env),
      onProblem: (problem) => assert.fail(problem),
    })
    index.landed(await tip())
    const landed = (workspace: Workspace) => index.landed(workspace.landed(branch))
    writer = new Writer({ repository, refs: [branch], landed })
  }

  async function closeAll(): Promise<void> {
    await writer.close()
    await index.close()
  }

  const tip = async () => (await repository.refs([branch])).get(branch) ?? null

  const transact = (work: (tx: DatabaseTransaction) => Promise<unknown>) =>
    writer.submit(async (workspace) => {
      const now = '2026-01-01T00:00:00.000Z'
      const tx = createTransaction({ tree: workspace.tree(branch), basedir: 'db', now, newId: () => 'new' })
      await work(tx)
      await commitTransaction(workspace, branch, tx, { title: 'test', trailers: [], time: 0, index })
    })

  const versions = async (id: string, query?: VersionQuery) => index.at(await tip()).versions('stock', id, query)

  const put = (id: string, n: number) => transact((tx) => tx.upsert('stock', { _id: id, n }))

  const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8', stdio: 'pipe' }).trim()

  /** Those that git finds, newest first, as `commit blob`. */
  function expected(id: string): string[] {
    const args = [`--git-dir=${repository.folder}`, 'log', '--raw', '-c', '--root', '--full-history', '--topo-order']
    const log = execFileSync(
      'git',
      [
        ...args,
        '--no-renames',
        '--no-abbrev',
        '--format=%H',
        'main',
        '--',
        `db/stock/${id}.json`,
        `db/stock/??/${id}.json`,
      ],
      { encoding: 'utf8' },
    )
    const versions: string[] = []
    for (const part of log.split(/^(?=[0-9a-f]{40}$)/m)) {
      const [commit, ...raw] = part.split('\n').filter(Boolean)
      const blobs = raw.map((line) => line.split('\t')[0]!.split(' ').at(-2)!)
      if (blobs.length === 1) versions.push(`${commit} ${blobs[0]}`)
    }
    return versions
  }

  async function assertVersions(...ids: string[]): Promise<void> {
    await index.settled()
    for (const id of ids) {
      const found = (await versions(id))!.map(({ commit, blob }) => `${commit} ${blob ?? '0'.repeat(40)}`)
      assert.deepEqual(found, expected(id))
    }
  }

  async function cloned(): Promise<void> {
    execFileSync('git', ['clone', '-q', repository.folder, clone])
    git('config', 'user.name', 'A person')
    git('config', 'user.email', 'person@example.com')
  }

  const pushed = () =>
    writer.exclusively(async () => {
      git('push', '-q', '--force', 'origin', 'HEAD:main')
      index.landed(await tip())
    })

  test('are known as they are made: writes, removals, returns, a dropped table', async () => {
    for (const n of [1, 2, 3]) await put('a', n)
    await put('b', 1)
    assert.equal((await versions('a'))!.length, 3)
    await transact((tx) => tx.deleteOne('stock', { _id: 'a' }))
    await put('a', 4)
    await assertVersions('a', 'b')
    await transact((tx) => tx.dropTable('stock'))
    await put('b', 2)
    await assertVersions('a', 'b')
    assert.deepEqual(await versions('c'), [])
  })

  test('are read from git by a file that was deleted, and carried on by one that was not', async () => {
    for (const n of [1, 2, 3]) await put('a', n)
    await closeAll()
    await openAll()
    await put('a', 4)
    await assertVersions('a')
    await closeAll()
    await rm(join(folder, 'index.sqlite'))
    await openAll()
    await put('a', 5)
    await assertVersions('a')
    assert.equal((await versions('a'))!.length, 5)
  })

  test('come in parts', async () => {
    for (const n of [1, 2, 3, 4]) await put('a', n)
    await index.settled()
    const all = (await versions('a'))!
    const newest = (await versions('a', { limit: 2 }))!
    assert.deepEqual(newest, all.slice(0, 2))
    assert.deepEqual(await versions('a', { skip: 2, limit: 2 }), all.slice(2, 4))
  })

  test('are not made by a split', async () => {
    await transact(async (tx) => {
      for (let n = 0; n < 1_000; n++) await tx.upsert('stock', { _id: `r${n}`, n })
    })
    await put('another', 1)
    assert.match(
      execFileSync('git', [`--git-dir=${repository.folder}`, 'log', '--format=%s', 'main'], { encoding: 'utf8' }),
      /SPLIT/,
    )
    await index.settled()
    assert.equal((await versions('r7'))!.length, 1)
    await closeAll()
    await rm(join(folder, 'index.sqlite'))
    await openAll()
    await index.settled()
    assert.equal((await versions('r7'))!.length, 1)
  })

  test('are those of commits of thousands of records, moved and changed, that git tells of in parts', async () => {
    const ids = Array.from({ length: 5_700 }, (_, n) => `r${n}`)
    const file = (path: string, id: string, n: number) => {
      const text = `{"_id":"${id}","n":${n}}`
      return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`
    }
    const commit = (n: number, files: readonly string[]) =>
      `commit refs/heads/main\ncommitter A <a@example.com> ${n} +0000\ndata 1\nx\n${files.join('')}\n`
    const high = ids.map((id) => file(`db/stock/${id}.json`, id, 1))
    const low = ids.flatMap((id, place) => [
      `D db/stock/${id}.json\n`,
      file(`db/stock/${idDigits(id).slice(0, 2)}/${id}.json`, id, place === 7 ? 2 : 1),
    ])
    await cloned()
    const input = commit(1, high) + commit(2, low) + commit(3, [`D db/stock/${idDigits('r9').slice(0, 2)}/r9.json\n`])
    execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: clone, input })
    await pushed()
    await index.settled()
    const commits = git('log', '--format=%H', 'main').split('\n')
    const made = async (id: string) => (await versions(id))!.map(({ commit }) => commits.indexOf(commit))
    for (const id of ids) assert.deepEqual(await made(id), id === 'r7' ? [1, 2] : id === 'r9' ? [0, 2] : [2])
    assert.equal((await versions('r9'))![0]!.blob, null)
  })

  test("are a person's too; a merge makes one where it has what no parent had", async () => {
    await put('a', 1)
    await put('b', 1)
    await cloned()
    git('checkout', '-q', '-b', 'side')
    const edit = (id: string, n: number) => {
      execFileSync('node', ['-e', `require('fs').writeFileSync('db/stock/${id}.json', '{"_id":"${id}","n":${n}}')`], {
        cwd: clone,
      })
      git('add', '-A')
    }
    edit('a', 2)
    git('commit', '-q', '-m', 'Ä side')
    git('checkout', '-q', 'main')
    edit('b', 2)
    git('commit', '-q', '-m', 'main')
    git('merge', '-q', '--no-commit', '--no-ff', 'side')
    edit('c', 1)
    git('commit', '-q', '-m', 'merge')
    await pushed()
    await assertVersions('a', 'b', 'c')
    assert.equal((await versions('a'))!.length, 2)
    assert.equal((await versions('c'))!.length, 1)
  })

  test('are read again when the branch was moved elsewhere', async () => {
    for (const n of [1, 2, 3]) await put('a', n)
    await index.settled()
    await cloned()
    git('reset', '-q', '--hard', 'HEAD~2')
    await pushed()
    await assertVersions('a')
    assert.equal((await versions('a'))!.length, 1)
  })
})

test('segments that were merged over and over hold the same versions in the same order', () => {
  const file = openIndexFile(':memory:', 'db')
  const segments = new VersionSegments(file)
  const expected = new Map<string, string[]>()
  for (let batch = 0; batch < 300; batch++) {
    const versions = Array.from({ length: 1 + ((batch * 37) % 90) }, (_, n): NewVersion => {
      const id = `r${(batch * n) % 50}`
      const commit = (batch * 1_000 + n).toString(16).padStart(40, '0')
      expected.set(id, [commit, ...(expected.get(id) ?? [])])
      return { key: versionKey('stock', id), commit, blob: n % 5 === 0 ? null : commit }
    })
    segments.add(versions)
    for (const _ of segments.merge());
  }
  const { count } = file.statement('SELECT count(*) AS count FROM segments').get() as { count: number }
  assert(count < 40, `${count} segments`)
  const reopened = new VersionSegments(file)
  for (const [id, commits] of expected)
    assert.deepEqual(
      [...reopened.find(versionKey('stock', id))].map(({ commit }) => commit),
      commits,
    )
})

test('a commit of very many records is taken in a part at a time; what was cut short is read again', async () => {
  const file = openIndexFile(':memory:', 'db')
  const ids = Array.from({ length: 50_000 }, (_, n) => `r${n}`)
  const [first, second] = ['1'.repeat(40), '2'.repeat(40)]
  const changesOf = async function* () {
    yield { commit: first, versions: ids.map((id) => ({ key: versionKey('stock', id), blob: first })), goesOn: false }
    yield { commit: second, versions: [{ key: versionKey('stock', 'r7'), blob: second }], goesOn: false }
  }
  const open = () => new VersionHistory({ file, changesOf })
  const cut = open()
  for (let part = 0; part < 4; part++) assert.equal(await cut.step(second), true)
  assert.equal(cut.versions(second, 'stock', 'r7', { limit: 9 }), undefined)
  await cut.close()
  const history = open()
  while (await history.step(second));
  const rows = file.statement('SELECT max(length(rows)) AS bytes, count(*) AS pages FROM pages').get()
  assert.ok((rows!.bytes as number) <= 52_000 && (rows!.pages as number) >= 50, JSON.stringify(rows))
  const commitsOf = (id: string) => history.versions(second, 'stock', id, { limit: 9 })?.map(({ commit }) => commit)
  assert.deepEqual(commitsOf('r7'), [second, first])
  for (const id of ids) if (id !== 'r7') assert.deepEqual(commitsOf(id), [first])
  await history.close()
})

test('who waits until a long log is taken in waits for all of its merges: what was left of them would go on beside the writes', async () => {
  const file = openIndexFile(':memory:', 'db')
  const tip = '1'.repeat(40)
  const changesOf = async function* () {
    for (let part = 0; part < 20; part++) {
      const ids = Array.from({ length: 8_000 }, (_, n) => `r${part * 8_000 + n}`)
      yield { commit: tip, versions: ids.map((id) => ({ key: versionKey('stock', id), blob: tip })), goesOn: part < 19 }
    }
  }
  const history = new VersionHistory({ file, changesOf })
  while (await history.step(tip));
  const segments = file.statement('SELECT rows FROM segments ORDER BY place').all()
  const rows = segments.map(({ rows }) => rows as number)
  assert.equal(Math.max(...rows), 64_000)
  assert.equal(rows.filter((count) => count === 8_000).length, 4)
  await history.close()
})

test('a log that was not read to its end is read again, and its versions are there once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'history-'))
  try {
    const path = join(folder, 'index.sqlite')
    const commit = (place: number) => place.toString(16).padStart(40, '0')
    let read = 0
    const changesOf = async function* () {
      for (let place = 1; place <= 9_000; place++) {
        read = place
        // Others have their turn here, so that it does not end before it is closed.
        if (place % 100 === 0) await new Promise((go) => setTimeout(go, 1))
        const versions = [{ key: versionKey('stock', `sku-${place % 3_000}`), blob: commit(place) }]
        yield { commit: commit(place), versions, changes: [], goesOn: false }
      }
    }
    const tip = commit(9_000)
    const cut = openIndexFile(path, 'db')
    const first = new VersionHistory({ file: cut, changesOf })
    while (read < 6_000) await first.step(tip)
    first.follow([{ parent: tip, commit: commit(9_001), tables: [] }])
    await first.close()
    cut.close()
    const file = openIndexFile(path, 'db')
    const history = new VersionHistory({ file, changesOf })
    while (!history.versions(tip, 'stock', 'sku-5', { limit: 9 })) await history.step(tip)
    const versions = history.versions(tip, 'stock', 'sku-5', { limit: 9 })!
    assert.deepEqual(
      versions.map(({ commit }) => Number.parseInt(commit, 16)),
      [6_005, 3_005, 5],
    )
    await history.close()
    file.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
