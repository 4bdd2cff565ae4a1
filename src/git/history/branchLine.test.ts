import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeCommit } from '../objects/commit.ts'
import type { GitObject, Oid } from '../objects/object.ts'
import { commitbase } from '../objects/ownCommits.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import { Lineage } from './lineage.ts'

const person = { name: 'Ada', email: 'ada@example.org' }

/** A branch that Commitbase commits to, and that people push to. */
class Branch {
  readonly lineage = new Lineage()
  /** What it was at, from the first commit on, and when that was made. */
  readonly line: { readonly commit: Oid; readonly time: number; readonly isOwn: boolean }[] = []
  readonly #objects = new Map<Oid, GitObject>()

  readonly read: ReadObjects = async (oids) => oids.map((oid) => this.#objects.get(oid)!)

  get tip(): Oid | undefined {
    return this.line.at(-1)?.commit
  }

  make(parents: readonly (Oid | undefined)[], time: number, author = person): Oid {
    const there = parents.filter((parent) => parent !== undefined)
    const message = `${this.#objects.size}`
    const commit = encodeCommit({ tree: '0'.repeat(40), parents: there, author, time: time * 1_000, message })
    this.#objects.set(commit.oid, commit)
    this.lineage.add({ commit: commit.oid, parents: there, time })
    return commit.oid
  }

  move(commit: Oid, time: number, isOwn = false): void {
    this.line.push({ commit, time, isOwn })
  }

  write(time: number): void {
    this.move(this.make([this.tip], time, commitbase), time, true)
  }

  /** By a walk back from the newest that says so, over what people made before something later of Commitbase's own. */
  newestUntil(time: number): Oid | undefined {
    let there = this.line
    for (;;) {
      const at = there.findLastIndex((one) => one.time <= time)
      const own = there.findLastIndex((one, place) => place <= at && one.isOwn)
      if (at < 0 || own < 0 || there[own]!.time <= time) return there[at]?.commit
      there = there.slice(0, own)
    }
  }

  async assertLine(): Promise<void> {
    const { line } = this.lineage
    const commits = this.line.map(({ commit }) => commit)
    assert.deepEqual(await line.since(undefined, this.read), commits)
    const from = Math.floor(commits.length / 2)
    assert.deepEqual(await line.since(this.lineage.place(commits[from]!), this.read), commits.slice(from + 1))
    for (let time = 90; time < 140; time += 3)
      assert.equal(await line.newestUntil(time, this.read), this.newestUntil(time), `${time}`)
  }
}

/** Commitbase writes; then a person pushes what was made on an older state: pulled, merged, or put on top. */
const step = fc.record({
  writes: fc.integer({ min: 1, max: 3 }),
  older: fc.integer({ min: 1, max: 5 }),
  commits: fc.integer({ min: 1, max: 3 }),
  how: fc.constantFrom('pulled', 'merged', 'on top'),
  clock: fc.integer({ min: -20, max: 20 }),
  looks: fc.boolean(),
})

test('a branch’s own line is what it was at, however people brought their commits together with it, and whatever their clocks say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const branch = new Branch()
      let now = 100
      for (const { writes, older, commits, how, clock, looks } of steps) {
        for (let n = 0; n < writes; n++) branch.write(++now)
        const time = now + clock
        // What Commitbase wrote last was not there when the person began.
        const base =
          how === 'on top' ? branch.tip : branch.line.at(-1 - Math.min(older, branch.line.length - 1))!.commit
        const isOnTop = base === branch.tip
        let mine = base
        for (let n = 0; n < commits; n++) {
          mine = branch.make([mine], time)
          if (isOnTop) branch.move(mine, time)
        }
        if (!isOnTop) {
          const { tip } = branch
          branch.move(branch.make(how === 'merged' ? [tip, mine] : [mine, tip], time), time)
        }
        if (looks) await branch.assertLine()
      }
      await branch.assertLine()
    }),
    { numRuns: 300 },
  )
})

test('a merge by people alone is on the line of its first parent', async () => {
  const branch = new Branch()
  branch.write(100)
  const { tip } = branch
  const [one, other] = [branch.make([tip], 101), branch.make([tip], 102)]
  branch.move(one, 101)
  branch.move(branch.make([one, other], 103), 103)
  await branch.assertLine()
})

test('what Commitbase made is there at the time that it says, also where its own clock was set back', async () => {
  const branch = new Branch()
  for (const time of [100, 130, 131, 110, 120]) branch.write(time)
  const { line } = branch.lineage
  const commits = branch.line.map(({ commit }) => commit)
  const times = [100, 109, 110, 125, 131]
  const read = await Promise.all(times.map((time) => line.newestUntil(time, branch.read)))
  assert.deepEqual(
    read,
    [0, 0, 3, 4, 4].map((at) => commits[at]),
  )
})

test('each commit is read once, however many merges there are, and what was there before Commitbase came', async () => {
  const branch = new Branch()
  branch.move(branch.make([], 1), 1)
  for (let n = 0; n < 200; n++) {
    const sides = Array.from({ length: 5 }, () => branch.make([branch.line[Math.floor(n / 2)]!.commit], n))
    for (const side of sides) branch.move(branch.make([branch.tip, side], n), n)
  }
  let reads = 0
  const read: ReadObjects = async (oids) => {
    reads += oids.length
    return await branch.read(oids)
  }
  assert.equal((await branch.lineage.line.since(undefined, read)).length, branch.line.length)
  assert.ok(reads <= branch.lineage.count, `${reads} reads of ${branch.lineage.count} commits`)
  for (let n = 0; n < 3; n++) branch.write(300)
  await branch.lineage.line.newestUntil(300, read)
  assert.ok(reads <= branch.lineage.count, `${reads} reads of ${branch.lineage.count} commits`)
})

test('a time is found in a long line, whatever other people’s clocks said', async () => {
  const branch = new Branch()
  for (let n = 0; n < 10_000; n++) {
    if (n === 5_000) branch.move(branch.make([branch.tip], 1_000_000), 1_000_000)
    if (n === 7_000) branch.move(branch.make([branch.tip], 1), 1)
    branch.write(100 + n)
  }
  const { line } = branch.lineage
  for (let time = 99; time < 10_200; time += 97)
    assert.equal(await line.newestUntil(time, branch.read), branch.newestUntil(time))
  assert.equal(await line.newestUntil(0, branch.read), undefined)
})
