import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CommitChanges } from './commitVersions.ts'
import { versionKey } from './versionSegments.ts'

const blobs = ['1', '2'].map((digit) => digit.repeat(40))
const ids = ['a', 'b', 'c']

test('whatever parts a commit comes in, a record has one version, and none where its file only moved', () => {
  const state = fc.constantFrom(null, ...blobs)
  const change = fc.record({ before: state, after: state, moves: fc.boolean() })
  fc.assert(
    fc.property(
      fc.tuple(change, change, change),
      fc.array(fc.nat(5), { maxLength: 3 }),
      fc.boolean(),
      (all, cuts, turn) => {
        const files = all.flatMap(({ before, after, moves }, place) => {
          const file = { table: 'stock', id: ids[place]! }
          if (!moves || before === null || after === null) return [{ ...file, before, after }]
          return [
            { ...file, before, after: null },
            { ...file, before: null, after },
          ]
        })
        const sorted = (turn ? files.reverse() : files).filter(({ before, after }) => before !== after)
        const commit = new CommitChanges()
        const found = []
        const ends = [...new Set([0, ...cuts.sort(), sorted.length])]
        for (const [place, from] of ends.entries())
          found.push(...commit.take(sorted.slice(from, ends[place + 1] ?? from)))
        found.push(...commit.rest())
        const expected = all.flatMap(({ before, after }, place) =>
          before === after ? [] : [{ key: versionKey('stock', ids[place]!), blob: after }],
        )
        const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
        assert.deepEqual(found.sort(byKey), expected.sort(byKey))
      },
    ),
  )
})
