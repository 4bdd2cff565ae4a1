import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lineage } from './lineage.ts'

const id = (n: number) => hash('sha1', `commit ${n}`)

/** For each commit how far back its parents are, and its time: clocks go wrong. */
const commits = fc.array(
  fc.record({
    back: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    time: fc.integer({ min: 0, max: 20 }),
  }),
  { minLength: 1, maxLength: 40 },
)

test('whatever the commits are, it answers as a walk over them does', () => {
  fc.assert(
    fc.property(commits, fc.nat(), fc.integer({ min: 0, max: 20 }), (given, at, time) => {
      const parents = given.map(({ back }, n) => [...new Set(back.map((step) => n - step).filter((p) => p >= 0))])
      const all = behind(parents, given.length - 1)
      const kept = [...all].sort((a, b) => a - b)
      const lineage = new Lineage()
      for (const n of kept) lineage.add({ commit: id(n), parents: parents[n]!.map(id), time: given[n]!.time })
      const line = firstParents(parents, given.length - 1)
      const since = kept[at % kept.length]!
      assert.equal(
        lineage.newestUntil(time),
        line
          .filter((n) => given[n]!.time <= time)
          .map(id)
          .at(-1),
      )
      assert.deepEqual(lineage.lineSince(undefined), line.map(id))
      assert.deepEqual([...lineage.behind(id(since))].map((n) => kept[n]).sort(), [...behind(parents, since)].sort())
      const from = line.includes(since) ? line.indexOf(since) + 1 : line.findIndex((n) => behind(parents, n).has(since))
      assert.deepEqual(lineage.lineSince(id(since)), line.slice(from).map(id))
      assert.equal(lineage.parent(id(since)), parents[since]!.map(id)[0])
    }),
    { numRuns: 500 },
  )
})

test('it finds each of ten thousand commits, and those of a block whose clock was wrong', () => {
  const lineage = new Lineage()
  const count = 10_000
  for (let n = 0; n < count; n++)
    lineage.add({ commit: id(n), parents: n === 0 ? [] : [id(n - 1)], time: n === 7_000 ? 1 : 100 + n })
  for (let n = 0; n < count; n += 97) {
    assert.equal(lineage.place(id(n)), n)
    assert.deepEqual(lineage.startingWith(id(n).slice(0, 12)), [id(n)])
    // The wrong clock makes commit 7,000 the newest of every moment before it.
    assert.equal(lineage.newestUntil(100 + n), id(Math.max(n, 7_000)))
  }
  assert.equal(lineage.has(id(count)), false)
  assert.equal(lineage.newestUntil(0), undefined)
})

function behind(parents: readonly (readonly number[])[], tip: number): Set<number> {
  const seen = new Set<number>()
  const visit = (n: number) => {
    if (seen.has(n)) return
    seen.add(n)
    parents[n]!.forEach(visit)
  }
  visit(tip)
  return seen
}

function firstParents(parents: readonly (readonly number[])[], tip: number): number[] {
  const line: number[] = []
  for (let n: number | undefined = tip; n !== undefined; n = parents[n]![0]) line.push(n)
  return line.reverse()
}
