import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCommit, encodeCommit } from './commit.ts'
import { makeObject } from './object.ts'

const [tree, time] = ['0'.repeat(40), 1_000]
const author = { name: 'Ada', email: 'ada@example.org' }

test('a commit’s id is that of its bytes, of whatever characters its message is', () => {
  for (const message of ['', 'plain', 'Käse ☕', 'half of a pair: \ud800']) {
    const { oid, body } = encodeCommit({ tree, parents: [], author, time, message })
    assert.equal(oid, makeObject('commit', body).oid)
    assert.equal(decodeCommit(body).message, `${message.toWellFormed()}\n`)
  }
})

test('each commit has its own author, whoever made the one before', () => {
  for (const name of ['Ada', 'Bo', 'Ada']) {
    const person = { name, email: `${name}@example.org` }
    assert.deepEqual(
      decodeCommit(encodeCommit({ tree, parents: [], author: person, time, message: '' }).body).author,
      person,
    )
  }
})
