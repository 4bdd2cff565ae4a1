import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PendingCommits } from './pendingCommits.ts'

function noted(parent: string | null, commit: string) {
  return { parent, commit, tables: [] }
}

function chain(pending: PendingCommits, to: string | null) {
  return pending.chainTo(to)?.map(({ commit }) => commit)
}

describe('commits that the file does not have', () => {
  test('lead from its commit to the branch, the first one of a branch included', () => {
    const pending = new PendingCommits(null)
    pending.note(noted(null, 'a'))
    pending.note(noted('a', 'b'))
    assert.deepEqual(chain(pending, 'b'), ['a', 'b'])
    assert.deepEqual(chain(pending, null), [])
    assert.equal(chain(pending, 'c'), undefined)
  })

  test('that were made while the file was on its way to their parent are known when it is there', () => {
    const pending = new PendingCommits('a')
    pending.note(noted('h', 'i'))
    pending.note(noted('i', 'j'))
    assert.equal(chain(pending, 'j'), undefined)
    pending.advance('h', 'h')
    assert.deepEqual(chain(pending, 'j'), ['i', 'j'])
  })

  test('are forgotten when the file is at another, but for what builds on that', () => {
    const pending = new PendingCommits('a')
    for (const [parent, commit] of [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'taken back'],
      ['taken back', 'and its child'],
      ['c', 'd'],
    ] as const)
      pending.note(noted(parent, commit))
    pending.advance('b', 'd')
    assert.equal(pending.count, 2)
    assert.deepEqual(chain(pending, 'd'), ['c', 'd'])
  })

  test('that build on the branch where it is now are kept, too: the file goes there next', () => {
    const pending = new PendingCommits('a')
    pending.note(noted('pushed', 'in flight'))
    pending.advance('b', 'pushed')
    pending.note(noted('in flight', 'behind it'))
    pending.advance('pushed', 'in flight')
    assert.deepEqual(chain(pending, 'behind it'), ['in flight', 'behind it'])
  })
})
