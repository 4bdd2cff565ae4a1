import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { oidOf } from './object.ts'

test('the id of a body that stays where it is is the one that git gives it, whatever its length', () => {
  // git hash-object of an empty file, and of `hello\n`
  assert.equal(oidOf('blob', Buffer.alloc(0)), 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  assert.equal(oidOf('blob', Buffer.from('hello\n')), 'ce013625030ba8dba906f756967f9e9ca394464a')
  for (const length of [5_000, 65_523, 65_524, 65_525, 65_526, 65_527, 300_000, 6]) {
    const body = Buffer.alloc(length, 'commits ')
    const right = createHash('sha1').update(`blob ${length}\0`).update(body).digest('hex')
    assert.equal(oidOf('blob', body), right, `${length} bytes`)
  }
})
