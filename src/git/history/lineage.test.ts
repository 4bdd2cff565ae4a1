import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lineage } from './lineage.ts'

const id = (n: number) => hash('sha1', `commit ${n}`)

/** For each commit how far back its parents are, and its time. */
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
      const since = kept[at % kept.length]!
      assert.deepEqual(
        [...lineage.only(lineage.place(id(since)), [])].map((n) => kept[n]).sort(),
        [...behind(parents, since)].sort(),
      )
      assert.deepEqual(
        [...lineage.descendants(lineage.place(id(since)))].flatMap((descends, place) =>
          descends ? [kept[place]] : [],
        ),
        kept.filter((n) => behind(parents, n).has(since)),
      )
      const others = kept.filter((n) => n % 5 === time % 5)
      const theirs = new Set(others.flatMap((n) => [...behind(parents, n)]))
      const places = others.map((n) => lineage.place(id(n)))
      assert.deepEqual(
        [...lineage.only(lineage.place(id(since)), places)].map((place) => kept[place]),
        [...behind(parents, since)].filter((n) => !theirs.has(n)).sort((a, b) => b - a),
      )
      assert.deepEqual(
        lineage.parents(lineage.place(id(since))).map((place) => kept[place]),
        parents[since],
      )
    }),
    { numRuns: 500 },
  )
})

test('it finds each of ten thousand commits', () => {
  const lineage = new Lineage()
  const count = 10_000
  for (let n = 0; n < count; n++) lineage.add({ commit: id(n), parents: n === 0 ? [] : [id(n - 1)], time: n })
  for (let n = 0; n < count; n += 97) {
    assert.equal(lineage.place(id(n)), n)
    assert.deepEqual(lineage.startingWith(id(n).slice(0, 12)), [id(n)])
  }
  assert.equal(lineage.has(id(count)), false)
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
