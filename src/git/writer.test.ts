import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fold } from './deferred.ts'
import { openMemory } from './memory.ts'
import type { Repository } from './repository.ts'
import { Workspace } from './workspace.ts'
import { Writer } from './writer.ts'

const ref = 'refs/heads/main'
const author = { name: 'Ada', email: 'ada@example.org' }

test('what waits lands together, one commit each, in the order in which it came', async () => {
  const { repository, landings } = countLandings(openMemory())
  const writer = new Writer({ repository, refs: [ref] })
  const commits = await Promise.all(['a', 'b', 'c'].map((name) => writer.submit(writing(name, name))))
  assert.equal(landings(), 1)
  const workspace = await Workspace.open(repository, [ref])
  assert.equal(workspace.tip(ref), commits[2])
  assert.deepEqual([...(await workspace.tree(ref).list([])).keys()], ['a', 'b', 'c'])
  await writer.close()
})

test('a task that throws fails alone, and leaves nothing of what it did', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [ref] })
  const failing = writer.submit(async (workspace) => {
    await writing('bad', 'bad')(workspace)
    await workspace.tree(ref).write(['worse'], Buffer.from('worse'))
    throw new Error('no stock')
  })
  const outcomes = await Promise.allSettled([
    writer.submit(writing('a', 'a')),
    failing,
    writer.submit(writing('b', 'b')),
  ])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.match(String((outcomes[1] as PromiseRejectedResult).reason), /no stock/)
  assert.deepEqual(await namesIn(repository), ['a', 'b'])
})

test('each task sees what the tasks before it wrote', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [ref] })
  await Promise.all(Array.from({ length: 50 }, () => writer.submit(counting)))
  const workspace = await Workspace.open(repository, [ref])
  assert.equal((await workspace.tree(ref).read(['count']))?.toString(), '50')
})

test('a lost race runs the tasks again on the new head: no increment of two writers is lost', async () => {
  const repository = openMemory()
  const writers = [1, 2, 3].map(
    (seed) => new Writer({ repository, refs: [ref], random: () => seed / 10, attempts: 200 }),
  )
  const rounds = writers.map(async (writer) => {
    for (let round = 0; round < 10; round++) await writer.submit(counting)
  })
  await Promise.all(rounds)
  const workspace = await Workspace.open(repository, [ref])
  assert.equal((await workspace.tree(ref).read(['count']))?.toString(), '30')
})

test('a race that is lost again and again is unavailable in the end, and nothing of it stays', async () => {
  const repository: Repository = { ...openMemory(), land: async () => 'lost' }
  const writer = new Writer({ repository, refs: [ref], attempts: 3, random: () => 0 })
  await assert.rejects(writer.submit(counting), { code: 'unavailable', message: /3 times in a row/ })
})

test('what fails to land fails all who waited for it, and the next write starts from what is there', async () => {
  const memory = openMemory()
  let isDown = true
  const land: Repository['land'] = (...landing) =>
    isDown ? Promise.reject(new Error('disk full')) : memory.land(...landing)
  const writer = new Writer({ repository: { ...memory, land }, refs: [ref] })
  const failed = await Promise.allSettled([writer.submit(counting), writer.submit(counting)])
  for (const outcome of failed) assert.match(String((outcome as PromiseRejectedResult).reason), /disk full/)
  isDown = false
  await writer.submit(counting)
  const workspace = await Workspace.open(memory, [ref])
  assert.equal((await workspace.tree(ref).read(['count']))?.toString(), '1')
})

test('what runs alone runs between two batches, and what comes after it builds on what it did', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [ref] })
  const other = new Writer({ repository, refs: [ref] })
  const before = writer.submit(counting)
  const alone = writer.exclusively(async () => {
    assert.deepEqual(await namesIn(repository), ['count'])
    return await other.submit(writing('pushed', 'pushed'))
  })
  const after = writer.submit(async (workspace) => (await workspace.tree(ref).read(['pushed']))?.toString())
  assert.deepEqual(await Promise.all([before, alone, after]).then(([, , seen]) => seen), 'pushed')
})

test('a queue that is full refuses, and a closed one too, after it finished what it had', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [ref], limit: 2 })
  const accepted = [writer.submit(counting), writer.submit(counting)]
  await assert.rejects(writer.submit(counting), { code: 'unavailable', message: /2 writes are waiting/ })
  await writer.close()
  assert.equal((await Promise.allSettled(accepted)).filter(({ status }) => status === 'fulfilled').length, 2)
  await assert.rejects(writer.submit(counting), { code: 'unavailable', message: /closed/ })
})

test('what the tasks of a batch defer is one commit on its ref', async () => {
  const receipts = 'refs/commitbase/receipts'
  const { repository, landings } = countLandings(openMemory())
  const fold: Fold = {
    ref: receipts,
    into: async (tree, entries) => {
      for (const { key, bytes } of entries) await tree.write([key], bytes)
    },
    message: 'receipts',
    author,
    clock: () => 0,
  }
  const writer = new Writer({ repository, refs: [ref, receipts], fold })
  const task = (name: string) => async (workspace: Workspace) => {
    await writing(name, name)(workspace)
    workspace.defer({ key: name, bytes: Buffer.from('done') })
  }
  await Promise.all(['a', 'b'].map((name) => writer.submit(task(name))))
  assert.equal(landings(), 1)
  const workspace = await Workspace.open(repository, [receipts])
  assert.deepEqual([...(await workspace.tree(receipts).list([])).keys()], ['a', 'b'])
})

/** Reads the number in a file and writes the next one. */
async function counting(workspace: Workspace): Promise<void> {
  const tree = workspace.tree(ref)
  const count = Number((await tree.read(['count'])) ?? 0)
  await tree.write(['count'], Buffer.from(String(count + 1)))
  workspace.commit(ref, { message: `count ${count + 1}`, author, time: 0 })
}

function writing(name: string, text: string) {
  return async (workspace: Workspace) => {
    await workspace.tree(ref).write([name], Buffer.from(text))
    return workspace.commit(ref, { message: `write ${name}`, author, time: 0 })
  }
}

async function namesIn(repository: Repository): Promise<string[]> {
  return [...(await (await Workspace.open(repository, [ref])).tree(ref).list([])).keys()]
}

function countLandings(repository: Repository) {
  let count = 0
  const land: Repository['land'] = (...landing) => {
    count++
    return repository.land(...landing)
  }
  return { repository: { ...repository, land }, landings: () => count }
}
