import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BoundedPattern, degreeOf } from './boundedPattern.ts'

test('a pattern’s form tells what it may take', () => {
  const degrees: Record<string, number> = {
    abc: 1,
    '^a.c$': 1,
    '[*+?{}()|]': 1,
    '\\*\\+\\(': 1,
    'a*': 2,
    'a+?b': 2,
    '^[a-z]+-[0-9]{2,}$': 3,
    '(?:foo|bar)-\\d+': 2,
    '(?<year>\\d{4})-x': 2,
    '(?=a)(?!b)(?<=c)(?<!d)e': 1,
    'a?a?a?': 4,
    '(a+)+': Number.POSITIVE_INFINITY,
    '((a+)b)*': Number.POSITIVE_INFINITY,
    '(a|aa)*': Number.POSITIVE_INFINITY,
    '(?:a?){30}': Number.POSITIVE_INFINITY,
    '(a)\\1': Number.POSITIVE_INFINITY,
    '(?<x>a)\\k<x>': Number.POSITIVE_INFINITY,
  }
  for (const [source, degree] of Object.entries(degrees)) assert.equal(degreeOf(source), degree, source)
})

test('what never ends is stopped, whatever makes it so, and the next one is found as ever', () => {
  const catastrophes: [string, string][] = [
    ['(a+)+$', `${'a'.repeat(40)}!`],
    ['^(a|aa)+$', `${'a'.repeat(60)}!`],
    ['a?'.repeat(30) + 'a'.repeat(30), 'a'.repeat(30)],
    ['a*a*a*a*a*b', 'a'.repeat(5_000)],
    ['a+b', 'a'.repeat(1_000_000)],
    ['^(.*?,){30}P', '1,'.repeat(60)],
    ['^(?=(a+)+$)a', `${'a'.repeat(40)}!`],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
  ]
  for (const [source, text] of catastrophes)
    assert.throws(
      () => new BoundedPattern(source, '').test(text),
      { code: 'invalid', message: /takes too long/ },
      source,
    )
  assert.equal(new BoundedPattern('(a+)+$', '').test('aaa'), true)
})

test('the patterns of one query share their patience', () => {
  const patience = { left: 300 }
  const pattern = new BoundedPattern('(a+)+$', '', patience)
  const search = () => {
    for (let text = 0; text < 1_000; text++)
      try {
        pattern.test(`${'a'.repeat(40)}!`)
      } catch {
        if (patience.left <= 0) return
      }
    assert.fail('it goes on')
  }
  search()
})

test('it finds what the plain one finds', () => {
  const sources = ['a', '^a+b', '(a|b)+c$', 'A', '\\d{2,3}', 'x?y*z+?', '(?:ab)*', '[^a]']
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.constantFrom('', 'i', 'u', 's', 'm'),
      fc.string(),
      (source, flags, text) => {
        assert.deepEqual(new BoundedPattern(source, flags).exec(text), new RegExp(source, flags).exec(text))
      },
    ),
  )
})
