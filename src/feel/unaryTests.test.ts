import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FeelSyntaxError } from './expression.ts'
import { evaluateUnaryTests, parseUnaryTests } from './unaryTests.ts'

const fulfils = (tests: string, input: unknown) =>
  evaluateUnaryTests(parseUnaryTests(tests), input, { get: () => undefined }, 0).value

test('an input fulfils a comparison, a value, a range, one of several, and none of several', () => {
  assert.equal(fulfils('> 5', 6), true)
  assert.equal(fulfils('"a","b"', 'b'), true)
  assert.equal(fulfils('[1..10)', 10), false)
  assert.equal(fulfils('not("a","b")', 'c'), true)
  assert.equal(fulfils('-', null), true)
})

test('what is no unary test is refused', () => {
  assert.throws(() => parseUnaryTests('5 +'), FeelSyntaxError)
})
