import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fold } from './deferred.ts'
import { openMemory } from './memory.ts'
import { Pipeline } from './pipeline.ts'
import type { Repository } from './repository.ts'
import type { Task } from './task.ts'
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
  assert.equal(await countIn(repository), '50')
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
  assert.equal(await countIn(repository), '30')
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
  assert.equal(await countIn(memory), '1')
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

test('what was evaluated and cannot land yet waits like any other: a disk that stands still fills no memory', async () => {
  const memory = openMemory()
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const land: Repository['land'] = async (...landing) => {
    begun.resolve()
    await gate.promise
    return await memory.land(...landing)
  }
  const writer = new Writer({ repository: { ...memory, land }, refs: [ref], limit: 2 })
  const accepted = [writer.submit(counting)]
  await begun.promise
  for (let place = 0; place < 2; place++) {
    const evaluated = Promise.withResolvers<void>()
    accepted.push(writer.submit(async (workspace) => await counting(workspace).finally(evaluated.resolve)))
    await evaluated.promise
  }
  const refused = assert.rejects(writer.submit(counting), { code: 'unavailable', message: /2 writes are waiting/ })
  gate.resolve()
  await refused
  await Promise.all(accepted)
  assert.equal(await countIn(memory), '3')
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

test('while a batch lands the next one is evaluated on top of it, and each is answered when it has landed', async () => {
  const { repository, held } = holdLandings(openMemory())
  const writer = new Writer({ repository, refs: [ref] })
  const answered: string[] = []
  const submit = (name: string, task: Task<unknown>) => writer.submit(task).then(() => answered.push(name))
  const first = submit('first', counting)
  const landing = await held.next()
  const evaluated = Promise.withResolvers<void>()
  const second = submit('second', async (workspace) => {
    await counting(workspace)
    evaluated.resolve()
  })
  await evaluated.promise
  assert.deepEqual(answered, [])
  assert.equal((await repository.refs([ref])).size, 0)
  landing.go()
  await first
  const next = await held.next()
  assert.deepEqual(answered, ['first'])
  assert.equal(await countIn(repository), '1')
  next.go()
  await second
  assert.equal(await countIn(repository), '2')
})

test('a task that runs while the batch before it lands sees all of that, and the same from its beginning to its end', async () => {
  const { repository, held } = holdLandings(openMemory())
  const writer = new Writer({ repository: { ...repository, find: undefined }, refs: [ref] })
  const first = writer.submit(async (workspace) => {
    await workspace.tree(ref).write(['folder', 'a'], Buffer.from('a'))
    return workspace.commit(ref, { message: 'a', author, time: 0 })
  })
  const landing = await held.next()
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const second = writer.submit(async (workspace) => {
    const look = async () => {
      const history = workspace.history(ref)
      const made = await history.lineSince()
      const tree = await history.tree(made[0]!)
      return { made, newest: await history.newestUntil(0), text: (await tree.read(['folder', 'a']))?.toString() }
    }
    const before = await look()
    begun.resolve()
    await goOn.promise
    return [before, await look()]
  })
  await begun.promise
  landing.go()
  const commit = await first
  goOn.resolve()
  const [before, after] = await second
  assert.deepEqual(before, { made: [commit], newest: commit, text: 'a' })
  assert.deepEqual(after, before)
})

test('a lost race takes with it what was evaluated on top, and what is being: all of it runs again, in its order', async () => {
  const memory = openMemory()
  const { repository, held } = holdLandings(memory)
  const writer = new Writer({ repository, refs: [ref], random: () => 0 })
  const other = new Writer({ repository: memory, refs: [ref] })
  const [evaluated, begun, goOn] = Array.from({ length: 3 }, () => Promise.withResolvers<void>())
  const runs: string[] = []
  const adding = (name: string, last: () => Promise<void> | undefined) => async (workspace: Workspace) => {
    runs.push(name)
    await addingLine(name)(workspace)
    await last()
  }
  const first = writer.submit(adding('a', () => undefined))
  const landing = await held.next()
  const others = [
    writer.submit(adding('b', () => void evaluated!.resolve())),
    writer.submit(
      adding('c', async () => {
        begun!.resolve()
        await goOn!.promise
      }),
    ),
  ]
  await evaluated!.promise
  await begun!.promise
  await other.submit(addingLine('theirs'))
  landing.go()
  await landing.ended
  goOn!.resolve()
  const next = await held.next()
  next.go()
  held.pass()
  await Promise.all([first, ...others])
  assert.deepEqual(runs, ['a', 'b', 'c', 'a', 'b', 'c'])
  assert.equal(await textIn(memory, 'lines'), 'theirs\na\nb\nc\n')
})

test('a full disk fails those whose batch it was, and nobody else: what was evaluated on top runs again without it', async () => {
  const { repository, held } = holdLandings(openMemory())
  const writer = new Writer({ repository, refs: [ref] })
  const first = Promise.allSettled([writer.submit(addingLine('a')), writer.submit(addingLine('b'))])
  const landing = await held.next()
  const evaluated = Promise.withResolvers<void>()
  const outcomes: unknown[] = []
  const second = writer.submit(async (workspace) => {
    outcomes.push((await workspace.tree(ref).read(['lines']))?.toString())
    await addingLine('c')(workspace)
    evaluated.resolve()
  })
  // What failed on top of what then went is no failure.
  const third = writer.submit(async (workspace) => {
    const lines = (await workspace.tree(ref).read(['lines']))!.toString()
    if (lines.includes('a')) throw new Error('a is there')
    return lines
  })
  await evaluated.promise
  landing.fail(new Error('disk full'))
  for (const outcome of await first) assert.match(String((outcome as PromiseRejectedResult).reason), /disk full/)
  held.pass()
  await second
  assert.equal(await third, 'c\n')
  assert.deepEqual(outcomes, ['a\nb\n', undefined])
  assert.equal(await textIn(repository, 'lines'), 'c\n')
})

test('in a pipeline what is behind one that cannot land is refused with it, evaluated or not, and what is outside goes on', async () => {
  const { repository, held } = holdLandings(openMemory())
  const writer = new Writer({ repository, refs: [ref] })
  const pipeline = new Pipeline()
  const first = writer.submit(addingLine('a'), pipeline)
  const landing = await held.next()
  const evaluated = Promise.withResolvers<void>()
  const second = writer.submit(async (workspace) => {
    await addingLine('b')(workspace)
    evaluated.resolve()
  }, pipeline)
  await evaluated.promise
  const third = writer.submit(addingLine('c'), pipeline)
  const outside = writer.submit(addingLine('d'))
  const outcomes = Promise.allSettled([first, second, third])
  landing.fail(new Error('disk full'))
  held.pass()
  for (const outcome of await outcomes) assert.match(String((outcome as PromiseRejectedResult).reason), /disk full/)
  await outside
  await assert.rejects(writer.submit(addingLine('e'), pipeline), /disk full/)
  await writer.submit(addingLine('f'), new Pipeline())
  assert.equal(await textIn(repository, 'lines'), 'd\nf\n')
})

test('what runs alone waits for all that lands, and a closed writer has answered everybody', async () => {
  const { repository, held } = holdLandings(openMemory())
  const writer = new Writer({ repository, refs: [ref] })
  const first = writer.submit(counting)
  const landing = await held.next()
  const evaluated = Promise.withResolvers<void>()
  const second = writer.submit(async (workspace) => {
    await counting(workspace)
    evaluated.resolve()
  })
  const alone = writer.exclusively(() => countIn(repository))
  const third = writer.submit(counting)
  await evaluated.promise
  landing.go()
  held.pass()
  await writer.close()
  assert.deepEqual(await Promise.all([first, second, alone, third]), [undefined, undefined, '2', undefined])
  assert.equal(await countIn(repository), '3')
})

test('of many that wait, some land while the rest is evaluated, where that takes as long; what is quick lands together', async () => {
  let now = 0
  const memory = openMemory()
  const landed: number[] = []
  const land: Repository['land'] = async (objects, ...rest) => {
    now += 5
    landed.push(objects.filter(({ type }) => type === 'commit').length)
    return await memory.land(objects, ...rest)
  }
  const writer = new Writer({ repository: { ...memory, land }, refs: [ref], now: () => now })
  const submit = (count: number, milliseconds: number) => {
    const task: Task<void> = async (workspace) => {
      now += milliseconds
      await counting(workspace)
    }
    return Promise.all(Array.from({ length: count }, () => writer.submit(task)))
  }
  await submit(20, 1)
  assert.deepEqual(landed.splice(0), [20], 'nothing is known of how long it takes')
  await submit(20, 0.1)
  assert.deepEqual(landed.splice(0), [20])
  await submit(20, 1)
  assert.deepEqual(landed.splice(0), [10, 6, 4])
  await submit(40, 1)
  assert.deepEqual(landed.splice(0), [10, 10, 10, 6, 4])
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

function addingLine(line: string) {
  return async (workspace: Workspace) => {
    const tree = workspace.tree(ref)
    await tree.write(['lines'], Buffer.from(`${(await tree.read(['lines'])) ?? ''}${line}\n`))
    workspace.commit(ref, { message: line, author, time: 0 })
  }
}

async function textIn(repository: Repository, name: string): Promise<string | undefined> {
  return (await (await Workspace.open(repository, [ref])).tree(ref).read([name]))?.toString()
}

function countIn(repository: Repository): Promise<string | undefined> {
  return textIn(repository, 'count')
}

/** A landing that has begun. */
interface Held {
  go(): void
  fail(error: Error): void
  /** Resolves when it has come to its end, whichever. */
  readonly ended: Promise<unknown>
}

/** The repository, whose landings wait until they are let go. */
function holdLandings(repository: Repository) {
  let passes = false
  let begun = Promise.withResolvers<Held>()
  const land: Repository['land'] = async (...landing) => {
    if (passes) return await repository.land(...landing)
    const gate = Promise.withResolvers<void>()
    const landed = gate.promise.then(() => repository.land(...landing))
    begun.resolve({ go: gate.resolve, fail: gate.reject, ended: Promise.allSettled([landed]) })
    return await landed
  }
  const held = {
    /** The next one that begins. */
    async next(): Promise<Held> {
      const landing = await begun.promise
      begun = Promise.withResolvers()
      return landing
    },
    /** All those that begin from now on. */
    pass(): void {
      passes = true
    },
  }
  return { repository: { ...repository, land }, held }
}

function countLandings(repository: Repository) {
  let count = 0
  const land: Repository['land'] = (...landing) => {
    count++
    return repository.land(...landing)
  }
  return { repository: { ...repository, land }, landings: () => count }
}
