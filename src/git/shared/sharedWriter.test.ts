import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitbaseError } from '../../errors.ts'
import { openMemory } from '../memory.ts'
import type { SharedRepository } from '../repository.ts'
import { distant } from '../testing/distant.ts'
import { seeded } from '../testing/seeded.ts'
import { VirtualTime } from '../testing/virtualTime.ts'
import { Workspace } from '../workspace.ts'
import { encodeEntry, inboxFolder } from './inbox.ts'
import { encodeLease, leaseRef } from './lease.ts'
import { type Found, SharedWriter, type Submission } from './sharedWriter.ts'

test('a writer that is alone makes one push, and there is no lease and no inbox', async () => {
  const world = new World()
  assert.equal(await world.run(world.write('a')), 'a=1')
  assert.equal(world.pushes, 1)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

for (const writers of [2, 4, 16, 64]) {
  test(`${writers} writers at once all land with at most ${2 * writers + 8} pushes, one commit each, and leave nothing behind`, async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const world = new World(seed)
      const keys = Array.from({ length: writers }, (_, index) => `k${index}`)
      const values = await world.run(Promise.all(keys.map((key) => world.write(key))))
      assert.deepEqual(
        values.map(numberIn).toSorted(byNumber),
        Array.from({ length: writers }, (_, index) => index + 1),
      )
      assert.ok(world.pushes <= 2 * writers + 8, `${world.pushes} pushes with seed ${seed}`)
      assert.deepEqual([...(await world.refs()).keys()], [main])
      assert.equal(await world.commits(), writers)
    }
  })
}

test('a writer that sees a lease makes one push, and its write is drained by who has it', async () => {
  const world = new World()
  const holder = world.write('long', { evaluation: 3_000, isFirst: true })
  const others = world.time.delay(1_000).then(() => Promise.all(['a', 'b', 'c'].map((key) => world.write(key))))
  await world.run(Promise.all([holder, others]))
  // Claim, three entries, drain: those who waited have pushed nothing else.
  assert.equal(world.pushes, 5)
  assert.equal(await world.commits(), 4)
})

test('the lease of a killed writer is taken after twenty seconds, and its own write is drained by others', async () => {
  const world = new World()
  world.write('dead', { killAt: 'claimed', isFirst: true })
  const other = world.time.delay(5_000).then(() => world.write('alive'))
  const started = 5_000
  await world.run(other)
  assert.ok(world.time.now() - started >= 20_000, `taken after ${world.time.now() - started} ms`)
  assert.equal(await world.commits(), 2)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('a lease whose blob is gone is taken over, too', async () => {
  const world = new World()
  await world.memory.landEach([], [{ ref: leaseRef, from: null, to: 'e'.repeat(40) }])
  assert.equal(await world.run(world.write('a')), 'a=1')
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('of those who wait for a lease that stands still, the owner of the lowest-keyed entry takes it', async () => {
  const world = new World()
  world.write('0-dead', { killAt: 'claimed', isFirst: true })
  const order: string[] = []
  const wait = (key: string) => world.write(key, { onEvaluate: () => void order.push(key) })
  await world.run(world.time.delay(1_000).then(() => Promise.all(['3', '2', '1'].map(wait))))
  // Who holds the lease evaluates its own entry; the others never evaluate anything.
  assert.deepEqual(order, ['1'])
})

test('a holder that wakes up too late changes nothing, and finds that its write was drained', async () => {
  const world = new World()
  const slow = world.write('slow', { sleepBeforePush: 60_000, isFirst: true })
  const other = world.time.delay(1_000).then(() => world.write('other'))
  const values = await world.run(Promise.all([slow, other]))
  assert.deepEqual(values.map(numberIn).toSorted(byNumber), [1, 2])
  assert.equal(await world.commits(), 2)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('a handler of half a minute keeps its lease by a sign of life every ten seconds', async () => {
  const world = new World()
  const long = world.write('long', { evaluation: 35_000, isFirst: true })
  const other = world.time.delay(500).then(() => world.write('other'))
  await world.run(Promise.all([long, other]))
  assert.equal(world.evaluations.get('long'), 1)
  // Claim, the other's entry, three signs of life, and a drain of each: the ten seconds of work were over.
  assert.equal(world.pushes, 7)
})

test('what comes later than ten seconds of work is left to its owner, who gets the lease', async () => {
  const world = new World()
  const first = world.write('first', { evaluation: 6_000, isFirst: true })
  const others = world.time
    .delay(500)
    .then(() => Promise.all(['a', 'b', 'c'].map((key) => world.write(key, { evaluation: 6_000 }))))
  await world.run(Promise.all([first, others]))
  assert.deepEqual(world.commitsPerPush, [2, 2])
  assert.ok(world.time.now() < 40_000, `nobody had to wait for a lease that stands still: ${world.time.now()} ms`)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('who enters while the drain push is under way is handed the lease by the one who leaves', async () => {
  const world = new World()
  const first = world.write('first', { isFirst: true, sleepBeforePush: 3_000 })
  const late = world.time.delay(1_500).then(() => world.write('late'))
  await world.run(Promise.all([first, late]))
  assert.deepEqual(world.commitsPerPush, [1, 1])
  assert.ok(world.time.now() < 15_000, `nobody had to wait for a lease that stands still: ${world.time.now()} ms`)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('an entry that the holder cannot evaluate is left to its owner, who gets the lease', async () => {
  for (const seed of [1, 2, 3]) {
    const world = new World(seed)
    const keys = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']
    await world.run(Promise.all(keys.map((key) => world.write(key, { kind: key[0] }))))
    assert.equal(await world.commits(), 6)
    assert.ok(world.time.now() < 20_000, `nobody had to wait for a lease that stands still: ${world.time.now()} ms`)
    assert.deepEqual([...(await world.refs()).keys()], [main])
    assert.ok(world.pushes <= 2 * 6 + 8, `${world.pushes} pushes`)
  }
})

test('an entry whose owner is gone, and that nobody else can evaluate, holds nobody up a second time', async () => {
  const world = new World()
  world.write('b-dead', { kind: 'b', killAt: 'claimed', isFirst: true })
  await world.run(world.time.delay(1_000).then(() => world.write('a1', { kind: 'a' })))
  assert.deepEqual([...(await world.refs()).keys()].sort(), [`${inboxFolder}b-dead`, main])
  const before = world.time.now()
  await world.run(world.write('a2', { kind: 'a' }))
  assert.ok(world.time.now() - before < 5_000, `${world.time.now() - before} ms`)
  await world.run(world.write('b2', { kind: 'b' }))
  assert.equal(await world.commits(), 4)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('a write whose entry only others could evaluate, who are gone, is evaluated by who comes with the same write', async () => {
  const world = new World()
  world.write('x', { kind: 'a', killAt: 'claimed', isFirst: true })
  assert.equal(await world.run(world.time.delay(1_000).then(() => world.write('x', { kind: 'b' }))), 'x=1')
  assert.equal(await world.commits(), 1)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('an entry that only others could evaluate stays where its write fails here', async () => {
  const world = new World()
  world.write('x', { kind: 'a', killAt: 'claimed', isFirst: true })
  const fail = () => {
    throw new Error('the network is down')
  }
  const again = world.time.delay(1_000).then(() => world.write('x', { kind: 'b', onEvaluate: fail }))
  await assert.rejects(world.run(again), /the network is down/)
  await world.run(world.write('y', { kind: 'a' }))
  assert.equal(await world.commits(), 2)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('what says nothing is taken out of the inbox, and an entry of what was written before, too', async () => {
  const world = new World()
  await world.run(world.write('a'))
  const nonsense = encodeLease({ holder: 'x', counter: 1 })
  const again = encodeEntry({ owner: 'gone', entered: '2026-01-01T00:00:00.000Z', request: { key: 'a', kind: '' } })
  await world.memory.landEach(
    [nonsense, again],
    [
      { ref: `${inboxFolder}nonsense`, from: null, to: nonsense.oid },
      { ref: `${inboxFolder}a`, from: null, to: again.oid },
    ],
  )
  assert.equal(await world.run(world.write('b')), 'b=2')
  assert.deepEqual([...(await world.refs()).keys()], [main])
  assert.equal(await world.commits(), 2)
})

test('the same write from two writers at once is one commit, and the later one gets the earlier one’s outcome', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const world = new World(seed)
    const values = await world.run(Promise.all(['x', 'x', 'a', 'b', 'c'].map((key) => world.write(key))))
    assert.equal(values[0]!.replace('again ', ''), values[1]!.replace('again ', ''))
    assert.equal(await world.commits(), 4)
    assert.deepEqual([...(await world.refs()).keys()], [main])
  }
})

test('a holder whose push loses to people evaluates again on what they pushed, and gives a sign of life', async () => {
  const world = new World()
  const writes = world.write('a', { isFirst: true, overtaken: 3 })
  assert.equal(await world.run(writes), 'a=1')
  assert.equal(world.evaluations.get('a'), 4)
  assert.equal(await world.commits(), 4)
  // Claim, four drains, a sign of life after the second and the third loss.
  assert.equal(world.pushes, 7)
})

test('a holder that always loses gives up in the end, and leaves nothing behind', async () => {
  const world = new World()
  await assert.rejects(world.run(world.write('a', { isFirst: true, overtaken: 100 })), {
    code: 'unavailable',
    message: /20 times/,
  })
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('who fails takes its entry back and gives the lease on', async () => {
  const world = new World()
  const failing = world.write('failing', { isFirst: true, failsToLand: new Error('the disk is full') })
  const other = world.time.delay(500).then(() => world.write('other'))
  await assert.rejects(world.run(failing), /the disk is full/)
  assert.match(await world.run(other), /^other=/)
  assert.equal(await world.commits(), 1)
  assert.deepEqual([...(await world.refs()).keys()], [main])
})

test('who fails after it took the lease from one that is gone does not give it back', async () => {
  const world = new World()
  world.write('b-dead', { kind: 'b', killAt: 'claimed', isFirst: true })
  const failing = world.time.delay(1_000).then(() => world.write('a', { kind: 'a', failsToLand: new Error('disk') }))
  await assert.rejects(world.run(failing), /disk/)
  assert.deepEqual([...(await world.refs()).keys()], [`${inboxFolder}b-dead`])
})

test('who waits bears a server that does not answer for some seconds, and gives up on one that never does', async () => {
  const world = new World()
  const holder = world.write('long', { evaluation: 3_000, isFirst: true })
  const other = (key: string, failures: number) => world.time.delay(1_000).then(() => world.write(key, { failures }))
  await world.run(Promise.all([holder, other('patient', 3)]))
  assert.equal(await world.commits(), 2)
  world.write('again', { evaluation: 60_000, isFirst: true }).catch(() => {})
  await assert.rejects(world.run(other('lost', Number.POSITIVE_INFINITY)), /502/)
})

test('an entry that is refused is an error with the words of the server', async () => {
  const world = new World()
  const lease = encodeLease({ holder: 'another', counter: 1 })
  await world.memory.landEach([lease], [{ ref: leaseRef, from: null, to: lease.oid }])
  await assert.rejects(world.run(world.write('a', { refusal: new Error('no inbox here') })), /no inbox here/)
})

const main = 'refs/heads/main'
const author = { name: 'Ada', email: 'ada@example.org' }

interface WriteOptions {
  /** Writers of another kind cannot evaluate it. */
  readonly kind?: string
  /** Milliseconds that it takes. */
  readonly evaluation?: number
  /** Finds others at it, so that it claims the lease at once. */
  readonly isFirst?: boolean
  /** It is never heard of again. */
  readonly killAt?: 'claimed'
  readonly sleepBeforePush?: number
  /** So often somebody else pushes right before it does. */
  readonly overtaken?: number
  readonly failsToLand?: Error
  /** So many looks at the refs fail, but for the first one. */
  readonly failures?: number
  readonly refusal?: Error
  readonly onEvaluate?: () => void
}

/** A repository with a counter, and writers that count it up; each commit names the write. */
class World {
  readonly memory = openMemory()
  readonly time: VirtualTime
  readonly evaluations = new Map<string, number>()
  pushes = 0
  readonly commitsPerPush: number[] = []
  readonly #random: () => number
  #writers = 0

  constructor(seed = 1) {
    this.#random = seeded(seed)
    this.time = new VirtualTime(this.#random)
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.time.run(work, 300_000)
  }

  async refs(): Promise<Map<string, string>> {
    return await this.memory.refs(['refs/'])
  }

  async commits(): Promise<number> {
    const tip = (await this.refs()).get(main)!
    return (await this.memory.history.lineage(tip)).count
  }

  /** Gives `<key>=<count>`, with `again` in front where it was written before. */
  write(key: string, options: WriteOptions = {}): Promise<string> {
    const writer = new SharedWriter({
      repository: this.#repositoryFor(options),
      refs: [main],
      holder: `writer-${++this.#writers}`,
      read: (_, { request }) => this.#read(request as { key: string; kind: string }, options),
      clock: this.time.now,
      monotonic: this.time.now,
      delay: this.time.delay,
      random: this.#random,
    })
    return writer.submit(this.#submission(key, options))
  }

  #submission(key: string, options: WriteOptions): Submission<string> {
    return {
      key,
      request: { key, kind: options.kind ?? '', evaluation: options.evaluation },
      task: (workspace) => this.#count(key, workspace, options),
      isLong: false,
      isRead: false,
      find: (workspace) => this.#find(key, workspace),
    }
  }

  #read(request: { key: string; kind: string; evaluation?: number }, { kind = '' }: WriteOptions) {
    if (request.kind !== kind) return { kind: 'foreign' as const }
    const run = (workspace: Workspace) => this.#count(request.key, workspace, request)
    return { kind: 'task' as const, run, isLong: false }
  }

  async #count(key: string, workspace: Workspace, { evaluation = 0, onEvaluate }: WriteOptions): Promise<string> {
    const found = await this.#find(key, workspace)
    if (found) return found.value(true)
    onEvaluate?.()
    this.evaluations.set(key, (this.evaluations.get(key) ?? 0) + 1)
    if (evaluation > 0) await this.time.delay(evaluation)
    const tree = workspace.tree(main)
    const count = Number((await tree.read(['count'])) ?? 0) + 1
    await tree.write(['count'], Buffer.from(String(count)))
    await tree.write(['done', key], Buffer.from(String(count)))
    workspace.commit(main, { message: key, author, time: 0 })
    return `${key}=${count}`
  }

  async #pushByHand(name: string): Promise<void> {
    const workspace = await Workspace.open(this.memory, [main])
    await workspace.tree(main).write([name], Buffer.from(name))
    workspace.commit(main, { message: name, author, time: 0 })
    await workspace.land()
  }

  async #find(key: string, workspace: Workspace): Promise<Found<string> | undefined> {
    const bytes = await workspace.tree(main).read(['done', key])
    if (!bytes) return undefined
    const value = (duplicate: boolean) => `${duplicate ? 'again ' : ''}${key}=${bytes}`
    return { version: 1, isFinal: true, value }
  }

  #repositoryFor(options: WriteOptions): SharedRepository {
    const pass = () => this.time.delay(50 + this.#random() * 100)
    const { isFirst, killAt, sleepBeforePush, overtaken = 0, failsToLand, failures = 0, refusal } = options
    const near = distant(this.memory, { pass, onPush: () => void this.pushes++ })
    let looks = 0
    let pushes = 0
    return {
      ...near,
      refs: async (names) => {
        const refs = await near.refs(names)
        const look = looks++
        if (look > 0 && look <= failures) throw new CommitbaseError('unavailable', 'the server answered with 502')
        return isFirst && look === 0 ? new Map([...refs, [leaseRef, 'f'.repeat(40)]]) : refs
      },
      land: async (...landing) => {
        if (failsToLand) throw failsToLand
        await this.time.delay(sleepBeforePush ?? 0)
        if (pushes++ < overtaken) await this.#pushByHand(`person ${pushes}`)
        const outcome = await near.land(...landing)
        if (outcome === 'landed') this.commitsPerPush.push(landing[0].filter(({ type }) => type === 'commit').length)
        return outcome
      },
      landEach: async (...landing) => {
        if (refusal) return { moved: new Set(), refusal: refusal as never }
        const landed = await near.landEach(...landing)
        return killAt === 'claimed' ? await new Promise(() => {}) : landed
      },
    }
  }
}

function numberIn(value: string): number {
  return Number(/=(\d+)$/.exec(value)![1])
}

function byNumber(one: number, other: number): number {
  return one - other
}
