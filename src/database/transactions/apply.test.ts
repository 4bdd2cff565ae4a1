import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { decodeTree } from '../../git/objects/tree.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { commitTransaction, type TransactionCommit } from './apply.ts'
import type { DatabaseTransaction } from './transaction.ts'
import { createTransaction } from './treeTransaction.ts'

const branch = 'refs/heads/main'
let repository: Repository
let workspace: Workspace

beforeEach(async () => {
  repository = openMemory()
  workspace = await Workspace.open(repository, [branch])
})

async function transact(work: (tx: DatabaseTransaction) => Promise<unknown>, details: Partial<TransactionCommit> = {}) {
  let ids = 0
  const tx = createTransaction({
    tree: workspace.tree(branch),
    basedir: 'db',
    now: '2026-01-01T00:00:00.000Z',
    newId: () => `new-${++ids}`,
  })
  await work(tx)
  return await commitTransaction(workspace, branch, tx, {
    title: 'restock_item',
    trailers: [],
    time: 1_767_225_600_000,
    ...details,
  })
}

async function subject(work: (tx: DatabaseTransaction) => Promise<unknown>): Promise<string | undefined> {
  return (await transact(work))?.subject
}

/** The commits of the branch, newest first: their raw text. */
async function history(): Promise<string[]> {
  await workspace.land()
  const commits: string[] = []
  for (let oid = workspace.tip(branch); oid; ) {
    const [commit] = await repository.read([oid])
    commits.push(commit!.body.toString())
    oid = /^parent (.*)$/m.exec(commits.at(-1)!)?.[1] ?? null
  }
  return commits
}

const messageOf = (commit: string) => commit.slice(commit.indexOf('\n\n') + 2)

test('one change is named in the subject; of more, what made them, their number and their tables', async () => {
  const put =
    (table: string, _id: string, n = 0) =>
    (tx: DatabaseTransaction) =>
      tx.upsert(table, { _id, n })
  assert.equal(await subject(put('stock', 'sku-1')), 'UPSERT stock/sku-1')
  assert.equal(await subject((tx) => tx.updateOne('stock', { n: 7 }, {})), 'UPDATEONE stock/sku-1')
  assert.equal(
    await subject(async (tx) => [await put('stock', 'a')(tx), await put('stock', 'b')(tx)]),
    'restock_item stock (2 records)',
  )
  assert.equal(
    await subject(async (tx) => [await put('stock', 'a', 1)(tx), await put('stock', 'a', 2)(tx)]),
    'UPSERT stock/a',
  )
  assert.equal(
    await subject(async (tx) => [await put('stock', 'a', 3)(tx), await put('order', '1')(tx)]),
    'restock_item: 2 records in stock, order',
  )
  const many = async (tx: DatabaseTransaction) => {
    for (const table of ['t1', 't2', 't3', 't4', 't5']) await put(table, 'x')(tx)
  }
  assert.equal(await subject(many), 'restock_item: 5 records in t1, t2, t3 and 2 more')
  assert.equal(await subject((tx) => tx.deleteMany('t1', {})), 'DELETEMANY t1/x')
  assert.equal(await subject((tx) => tx.dropTable('stock')), 'DROPTABLE stock')
  assert.equal(
    await subject(async (tx) => [await tx.dropTable('t2'), await tx.dropTable('t3')]),
    'restock_item: tables t2, t3',
  )
  assert.equal(await subject((tx) => tx.dropDatabase()), 'DROPDB')
})

test('the commit has subject, trailers, author and time, and nothing in them begins a line of its own', async () => {
  const evil = '7\n\nEvent-Id: 8\r\nCo-authored-by: x\0'
  const trailers = [
    ['Event-Id', evil],
    ['Event-Source', 'https://github.com/a/b'],
  ] as const
  const made = await transact((tx) => tx.upsert('stock', { _id: 'cup' }), { trailers })
  const [commit] = await history()
  assert.equal(made?.commit, workspace.tip(branch))
  assert.match(commit!, /^author Commitbase <commitbase@users.noreply.github.com> 1767225600 \+0000$/m)
  assert.equal(
    messageOf(commit!),
    'UPSERT stock/cup\n\nEvent-Id: 7%0A%0AEvent-Id: 8%0D%0ACo-authored-by: x%00\nEvent-Source: https://github.com/a/b\n',
  )
  await transact(async (tx) => [await tx.upsert('a', {}), await tx.upsert('b', {})], {
    title: 'evil\ntype',
    author: { name: 'Ada', email: 'a@b' },
  })
  const [other] = await history()
  assert.match(other!, /^author Ada <a@b> /m)
  assert.match(messageOf(other!), /^evil%0Atype: 2 records in a, b\n/)
})

test('what changes nothing makes no commit', async () => {
  assert.equal(await transact((tx) => tx.deleteMany('stock', {})), undefined)
  assert.equal(await transact((tx) => tx.dropDatabase()), undefined)
  await transact((tx) => tx.upsert('stock', { _id: 'cup' }))
  assert.equal(await transact((tx) => tx.upsert('stock', { _id: 'cup' })), undefined)
  assert.equal((await history()).length, 1)
})

test('the 1,001st record splits its table in a commit of its own, which only moves', async () => {
  await transact(async (tx) => {
    for (let number = 0; number < 1_000; number++) await tx.upsert('stock', { _id: `r${number}` })
  })
  const flat = await blobsOf(workspace.tip(branch)!)
  assert.ok(flat.has('db/stock/r7.json'))
  await transact((tx) => tx.upsert('stock', { _id: 'r7', changed: true }))
  assert.equal((await history()).length, 2)
  await transact((tx) => tx.upsert('stock', { _id: 'one-more' }), { trailers: [['Event-Id', '7']] })
  const commits = await history()
  assert.deepEqual(commits.slice(0, 2).map(messageOf), [
    'UPSERT stock/one-more\n\nEvent-Id: 7\n',
    'SPLIT stock: 1,000 records into folders\n',
  ])
  const [, splitParent] = [...commits].map((commit) => /^parent (.*)$/m.exec(commit)?.[1])
  const split = await blobsOf(/^parent (.*)$/m.exec(commits[0]!)![1]!)
  const before = await blobsOf(splitParent!)
  const bare = (blobs: Map<string, string>) => new Map([...blobs].map(([path, oid]) => [path.split('/').at(-1), oid]))
  assert.deepEqual(new Map([...bare(split)].sort()), new Map([...bare(before)].sort()))
  for (const path of split.keys()) assert.match(path, /^db\/stock\/[0-9a-f]{2}\/r\d+\.json$/)
  assert.equal(await createCount(), 1_001)
})

test('two thousand records in one write are one commit, in folders from the start', async () => {
  await transact(async (tx) => {
    for (let number = 0; number < 2_000; number++) await tx.upsert('stock', { _id: `r${number}` })
  })
  assert.equal((await history()).length, 1)
  assert.equal(await createCount(), 2_000)
  const blobs = await blobsOf(workspace.tip(branch)!)
  assert.equal([...blobs.keys()].filter((path) => path.split('/').length === 3).length, 0)
})

async function createCount(): Promise<number> {
  return await createTransaction({ tree: workspace.tree(branch), basedir: 'db', now: '', newId: () => '' }).count(
    'stock',
  )
}

/** Every file of a commit: path to blob. */
async function blobsOf(commit: string): Promise<Map<string, string>> {
  await workspace.land()
  const [object] = await repository.read([commit])
  const blobs = new Map<string, string>()
  const walk = async (tree: string, path: string) => {
    const [{ body } = { body: Buffer.alloc(0) }] = await repository.read([tree])
    for (const { name, mode, oid } of decodeTree(body).values()) {
      if (mode === '40000') await walk(oid, `${path}${name}/`)
      else blobs.set(`${path}${name}`, oid)
    }
  }
  await walk(object!.body.toString('latin1', 5, 45), '')
  return blobs
}
