import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkId, checkTable, parseBasedir } from './names.ts'

test('ordinary names pass as they are', () => {
  for (const name of [
    'sku-1',
    'a',
    'A.b_c~d-E',
    '7',
    '-x',
    'x'.repeat(128),
    'console',
    'com',
    'git',
    'gitter',
    'a~1',
    'nulls.x',
  ])
    assert.equal(checkId(name), name)
})

test('a name that leaves the folder, is too long, or that another system reads differently is refused with what came', () => {
  const bad = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '.git',
    'x.',
    '.x',
    'a b',
    'ä',
    'a\n',
    'a\0',
    'x'.repeat(129),
    'git~1',
    'GIT~1',
    'Git~2.x',
    'gitmod~1',
    'gi7eba~1',
    '__proto__',
  ]
  const devices = ['CON', 'con', 'Prn', 'aux', 'nul', 'NUL.tar.gz', 'com1', 'LPT9.txt', 'COM0']
  for (const name of [...bad, ...devices])
    assert.throws(() => checkTable(name), { code: 'invalid', message: /^table must .*; got '/s }, name)
  assert.throws(() => checkTable('../x'), { message: /got '\.\.\/x'$/ })
  assert.throws(() => checkId('x'.repeat(129)), {
    message: /^_id must be 1 to 128 characters .*; got 'x{60}…' \(129 characters\)$/,
  })
})

test('a name that is no text is refused', () => {
  for (const name of [undefined, null, 7, {}, ['a']])
    assert.throws(() => checkId(name), { code: 'invalid', message: /_id must be a text; got/ })
})

test('the base folder is inside of the repository and not one of git or GitHub', () => {
  assert.deepEqual(parseBasedir('db'), ['db'])
  assert.deepEqual(parseBasedir('./data/db/'), ['data', 'db'])
  assert.deepEqual(parseBasedir('.commitbase/db'), ['.commitbase', 'db'])
  for (const basedir of [
    '',
    '.',
    '/',
    '/db',
    '..',
    '../db',
    'db/../..',
    '.git',
    'x/.GIT/y',
    '.github',
    'git~1',
    'a//b',
    'db\\x',
    'con',
  ])
    assert.throws(() => parseBasedir(basedir), { code: 'invalid', message: /^basedir must/ }, basedir)
})
