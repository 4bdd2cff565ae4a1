import assert from 'node:assert/strict'
import { storyOf } from '../../../src/database/past/commitStory.ts'
import { formatTrailers, oneLine, type Trailer } from '../../../src/database/transactions/trailers.ts'
import { decodeCommit, encodeCommit } from '../../../src/git/objects/commit.ts'
import type { Target } from '../target.ts'

const names = ['Event-Id', 'Event-Source', 'Event-Type', 'Correlation-Id', 'Operation'] as const

/** Texts of anybody's, one each for the subject and the trailers, cut at NUL: the commit has these trailers and no others. */
export const trailers: Target = {
  seeds: () =>
    [
      'restock stock/sku-1\0e-1\0https://github.com/octo/shop\0restock\0c-1\0UPSERT',
      'a\nEvent-Id: forged\n\n\0b\r\nx: y\0\u2028\0\u0085',
    ].map((text) => Buffer.from(text)),
  words: [
    '\0',
    '\n',
    '\r\n',
    '\n\n',
    'Event-Id: ',
    ': ',
    ' ',
    '\u2028',
    '\u0085',
    '\u001b[',
    '---\n',
    '#',
    '%0A',
    'é',
    '😀',
  ],
  run(input) {
    const [subject = '', ...values] = input.toString('utf8').split('\0')
    const given = names.map((name, at): Trailer => [name, values[at] ?? 'x'])
    const message = `${oneLine(subject) || 'subject'}\n\n${formatTrailers(given)}`
    assert.equal(message.split('\n').length, names.length + 3)
    assert.doesNotMatch(message.replaceAll('\n', ''), /[\p{Cc}\u2028\u2029]/u)
    const author = { name: subject, email: values[0] ?? '' }
    const body = encodeCommit({ tree: 'a'.repeat(40), parents: [], author, time: 0, message }).body
    const read = decodeCommit(body)
    assert.equal(read.message, message)
    assert.deepEqual([read.tree, read.parents], ['a'.repeat(40), []])
    const { event, operation } = storyOf('b'.repeat(40), read)
    const told = [event?.id, event?.source, event?.type, event?.correlationid, operation]
    for (const [at, [, value]] of given.entries()) assert.equal((told[at] ?? '').trim(), oneLine(value).trim())
  },
}
