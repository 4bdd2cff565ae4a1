import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCommit, encodeCommit, parentsOf, timeOf } from './commit.ts'
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

test('a time before 1970, which git does not know, is 1970', () => {
  const author = { name: 'Ada', email: 'ada@example.org' }
  const { body } = encodeCommit({ tree: '0'.repeat(40), parents: [], author, time: -1, message: 'x' })
  assert.match(body.toString(), /^committer Ada <ada@example.org> 0 \+0000$/m)
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

test('a merge of somebody’s is read, signature, encoding and all', () => {
  const parents = ['1'.repeat(40), '2'.repeat(40)]
  const body = Buffer.from(
    [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      'author J\xf6rg <J> <j@example.org> 900 +0100',
      'committer GitHub <noreply@example.org> 1000 -0230',
      'encoding ISO-8859-1',
      'mergetag object 0',
      ' committer Eve <eve@example.org> 7 +0000',
      ` parent ${'3'.repeat(40)}`,
      '',
      'F\xfcr alle',
      '',
      'author Eve <eve@example.org> 8 +0000',
    ].join('\n'),
    'latin1',
  )
  assert.deepEqual(decodeCommit(body), {
    tree,
    parents,
    author: { name: 'Jörg', email: 'J' },
    time: 1_000_000,
    message: 'Für alle\n\nauthor Eve <eve@example.org> 8 +0000',
  })
  assert.deepEqual(parentsOf(body), parents)
  assert.equal(timeOf(body), 1_000)
})

test('a commit whose lines are not as git writes them is read as far as it goes', () => {
  const bare = Buffer.from(`tree ${tree}\nauthor nobody\ncommitter <> soon\n`)
  assert.deepEqual(decodeCommit(bare), { tree, parents: [], author: { name: '', email: '' }, time: 0, message: '' })
  const unknown = Buffer.from(`tree ${tree}\nencoding x-none\n\n\xe9`, 'latin1')
  assert.equal(decodeCommit(unknown).message, 'é')
})
