import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from './evaluate.ts'
import { FeelSyntaxError, parseExpression, parseFeel } from './expression.ts'
import { evaluateUnaryTests, parseUnaryTests } from './unaryTests.ts'

/*
 * What strangers write: each ends with a failure that says why, before it has taken the processor or the memory.
 */

const of = (text: string, values: Record<string, unknown> = {}) =>
  evaluate(parseFeel(text), { get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined) }, 0)

/** `a: […], b: [a, a, a], …`: each entry so many times the one before it. */
function doubling(first: string, times: number, next: (before: string) => string): string {
  const names = Array.from({ length: times }, (_, at) => `n${at}`)
  return names.map((name, at) => `${name}: ${at === 0 ? first : next(names[at - 1]!)}`).join(', ')
}

const steps = /it took more than 5000000 steps$/
const tooLarge = /it became larger than 4194304 characters$/
const tooDeep = /it is nested more than 1000 levels deep$/

const unbounded: Record<string, [text: string, failure: RegExp]> = {
  'a loop in a loop': ['for i in 1..100000, j in 1..100000 return i * j', steps],
  'a loop over a range that is written in thirty letters': ['for i in 1..1000000000 return i', steps],
  'a range that has no end in a double': ['for i in 1..(10 ** 400) return i', steps],
  'a condition of some': ['some i in 1..1000000000 satisfies i = -1', steps],
  'a condition of every, in loops': ['every i in 1..3000, j in 1..3000 satisfies i + j > 0', steps],
  'lists of lists': ['for i in 1..100000, j in 1..100000 return [i, j]', steps],
  'the results so far of each turn': ['for i in 1..100000 return partial', steps],
  'filters in filters': [`[1][${'[1]['.repeat(60)}item > 0${']'.repeat(60)}]`, steps],
  'between in between': [`${'('.repeat(60)}1${') between 0 and 2'.repeat(60)}`, steps],
  'a comparison of lists that are put into each other': [
    `{${doubling('[1, 1]', 30, (name) => `[${name}, ${name}, ${name}]`)}, r: n29 = n29}.r`,
    steps,
  ],
  'a function of a function of a loop': [
    '{f: function(n) for i in 1..n return i, g: function(n) for i in 1..n return f(n), r: g(10000)}.r',
    steps,
  ],
  'a sort of a long list by a slow function': [
    'sort(for i in 1..100000 return 100000 - i, function(a, b) count(for i in 1..100 return i) > a - b)',
    steps,
  ],
  'powers of powers': ['for i in 1..1000000 return 1.000001 ** 999999', steps],
  'a list that flattens into itself': [
    `{${doubling('[1, 1]', 30, (name) => `[${name}, ${name}, ${name}]`)}, r: count(flatten(n29))}.r`,
    steps,
  ],
  'a list put behind itself': [
    `{${doubling('[1, 1, 1, 1]', 30, (name) => `concatenate(${name}, ${name})`)}}.n29`,
    steps,
  ],
  'a text put behind itself': [`{${doubling('"0123456789"', 30, (name) => `${name} + ${name}`)}}.n29`, tooLarge],
  'a list put into itself': [
    `{${doubling('[1, 1, 1, 1]', 30, (name) => `[${name}, ${name}, ${name}]`)}}.n29`,
    tooLarge,
  ],
  'the text of a list put into itself': [
    `string({${doubling('[1, 1]', 30, (name) => `[${name}, ${name}, ${name}]`)}}.n29)`,
    tooLarge,
  ],
  'a joined list': [`string join(for i in 1..100000 return "${'0123456789'.repeat(7)}", "")`, tooLarge],
  'a text in which each letter becomes a long one': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: replace(n15, "a", n15)}.r`,
    tooLarge,
  ],
  'many long texts': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: for i in 1..100000 return upper case(n15)}.r`,
    steps,
  ],
  'a warning of a long value in each turn': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: for i in 1..100000 return n15 * 2}.r`,
    steps,
  ],
  'a large context copied in each turn': [
    '{w: context(for i in 1..1000 return {key: string(i), value: i}), r: for i in 1..20000 return context put(w, "a", i)}.r',
    steps,
  ],
  'a large context made into a list in each turn': [
    '{w: context(for i in 1..1000 return {key: string(i), value: i}), r: for i in 1..20000 return get entries(w)}.r',
    steps,
  ],
  'large contexts compared in each turn': [
    '{w: context(for i in 1..1000 return {key: string(i), value: i}), r: for i in 1..20000 return w = w}.r',
    steps,
  ],
  'a long list asked in each turn whether all of it is true': [
    '{l: for i in 1..100000 return true, r: for i in 1..1000 return all(l)}.r',
    steps,
  ],
  'an item looked for in a long list by a test': [
    '{l: for i in 1..100000 return i, r: for i in 1..1000 return 0 in l}.r',
    steps,
  ],
  'a long list looked for in a list': [
    '{l: for i in 1..100000 return i, m: for i in 1..100000 return i, r: for i in 1..1000 return list contains([l], m)}.r',
    steps,
  ],
  'a long text looked through in each turn': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: for i in 1..10000 return contains(n15, "b")}.r`,
    steps,
  ],
  'long texts compared in each turn': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, m: n14 + n14, r: for i in 1..10000 return n15 = m}.r`,
    steps,
  ],
  'a long function called in each turn': [
    `{f: function(a) ${'a = 1 or '.repeat(500)}a = 2, r: for i in 3..10000 return f(i)}.r`,
    steps,
  ],
  'times read in each turn': ['{t: "10:11:12", r: for i in 1..60000 return time(t)}.r', steps],
  'a call of what is no list, which a warning quotes': [
    '{w: context(for i in 1..1000 return {key: string(i), value: i}), r: for i in 1..10000 return count(w)}.r',
    steps,
  ],
  'a long list that cannot be compared': [
    '{l: for i in 1..100000 return i, r: for i in 1..1000 return l < 1}.r',
    steps,
  ],
  'a value put where a long path leads': ['{l: for i in 1..100000 return "a", r: context put({}, l, 1)}.r', steps],
  'a list in a list in a list': ['for i in 1..2000 return [partial[-1]]', tooDeep],
  'a pattern that goes back and back': ['matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")', steps],
  'a pattern that splits and goes back': ['split("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$")', steps],
  'a pattern that replaces and goes back': [
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(?:(a|a?)+)+$", "x")',
    steps,
  ],
  'a pattern that looks far back at each place': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: matches(n15, "(?<=a{1,300000}b)c")}.r`,
    steps,
  ],
  'a pattern that asks for what it took': [
    `{${doubling('"aaaaaaaaaa"', 16, (name) => `${name} + ${name}`)}, r: matches(n15, "(.*)\\1b")}.r`,
    steps,
  ],
  'a pattern that asks what a reader takes for a character': [
    `{${doubling('"aaaaaaaaaa"', 14, (name) => `${name} + ${name}`)}, r: matches(n13, "\\\\X*b|\\\\X*c|\\\\X*d")}.r`,
    steps,
  ],
  'a pattern for each item': ['for i in 1..100000 return matches("aaaaaaaaaaaaaaa!", "(a+)+$")', steps],
  'another pattern for each item': ['for i in 1..1000000 return matches("a", "a{" + string(i) + "}")', steps],
  'a pattern of parentheses': [
    `matches("a", "${'('.repeat(300)}${')'.repeat(300)}")`,
    /it is nested more than 200 levels deep$/,
  ],
}
for (const [what, [text, failure]] of Object.entries(unbounded)) {
  test(`${what} fails, and takes no memory with it`, () => {
    const before = process.memoryUsage.rss()
    const evaluation = of(text)
    assert.match(evaluation.failure ?? JSON.stringify(evaluation).slice(0, 100), failure)
    assert.ok(process.memoryUsage.rss() - before < 1 << 30)
  })
}

test('numbers as large as they may be are computed with, and what is larger fails', () => {
  assert.equal(
    of('string(10 ** 1000000000)').failure,
    "failed to evaluate expression 'string(10 ** 1000000000)' : java.lang.ArithmeticException: Invalid operation",
  )
  assert.equal(of('(10 ** 999999999 + 1 > 10 ** 999999998) and 10 ** -999999999 < 1').value, true)
  assert.equal(of('10 ** 999999999').value, null)
  assert.equal(of('10 ** 999999999 - 10 ** 999999999').value, 0)
  assert.match(of('decimal(1, 1000000000)').failure!, /Overflow/)
  assert.match(of('decimal(10 ** 999999999, 0)').failure!, /Overflow/)
  assert.equal(of('number(text)', { text: '9'.repeat(1_000_000) }).value, null)
})

test('what honest expressions take is far from the bounds', () => {
  const lines = Array.from({ length: 10_000 }, (_, n) => ({ n, price: 19.99, sku: `sku-${n % 100}` }))
  assert.equal(of('sum(for line in lines return line.n * line.price)', { lines }).failure, undefined)
  assert.equal(of('count(distinct values(lines.sku))', { lines }).value, 100)
  assert.equal(of('count(lines[n > 5000 and ends with(sku, "7")])', { lines }).value, 500)
  assert.equal(of('sort(lines, function(a, b) a.n > b.n)[1].n', { lines }).value, 9_999)
})

const ofMany: Record<string, [text: string, value: unknown]> = {
  filtered: ['count(lines[n >= 50000 and ends with(sku, "7")])', 5_000],
  'added up': ['sum(lines.n)', 4_999_950_000],
  'multiplied and added up': ['sum(for line in lines return line.n * line.price) > 0', true],
  'made into texts': ['count(for line in lines return "id-" + string(line.n))', 100_000],
  'made into contexts': ['count(for line in lines return {id: line.n, sku: line.sku})', 100_000],
  'told apart': ['count(distinct values(lines.sku))', 100],
  'asked for one': ['list contains(lines.n, 99999)', true],
  'asked for all': ['every line in lines satisfies line.n >= 0', true],
  'compared by dates that are read': ['count(lines[date(due) > @"2026-11-15"])', 33_333],
  joined: ['string length(string join(lines.sku, ","))', 689_999],
  'put the other way round': ['reverse(lines)[1].n', 99_999],
}
for (const [what, [text, value]] of Object.entries(ofMany)) {
  test(`a hundred thousand items can be ${what}`, () => {
    const lines = Array.from({ length: 100_000 }, (_, n) => ({
      n,
      price: 19.99,
      sku: `sku-${n % 100}`,
      due: `2026-${10 + (n % 3)}-01`,
    }))
    assert.deepEqual([of(text, { lines }).value, of(text, { lines }).failure], [value, undefined])
  })
}

const refused: Record<string, [text: string, problem: RegExp]> = {
  'a long text': [`[${'1,'.repeat(100_000)}1]`, /200003 characters, and 100000 are the most/],
  parentheses: ['('.repeat(10_000), /nested more than 200 levels deep/],
  'lists in lists': [`${'['.repeat(201)}1${']'.repeat(201)}`, /nested more than 200 levels deep/],
  'tests in tests': [`${'x in ('.repeat(150)}1`, /nested more than 200 levels deep/],
  'else if without end': [`${'if a then 1 else '.repeat(1_000)}2`, /nested more than 200 levels deep/],
  'a long path': [`a${'.b'.repeat(1_000)}`, /nested more than 200 levels deep/],
  'index behind index': [`a${'[1]'.repeat(1_000)}`, /nested more than 200 levels deep/],
  'names without end': ['a '.repeat(49_000), /unexpected/],
  'a long number': ['9'.repeat(50_000), /unexpected/],
}
for (const [what, [text, problem]] of Object.entries(refused)) {
  test(`${what}: refused when read`, () => {
    assert.throws(
      () => parseExpression(`=${text}`),
      (error) => error instanceof FeelSyntaxError && problem.test(error.message),
    )
  })
}

test('two hundred levels are read and evaluated, and so is a chain of thousands', () => {
  assert.equal(of(`${'('.repeat(190)}1${')'.repeat(190)}`).value, 1)
  assert.equal(of(`${'1+'.repeat(40_000)}1`).value, 40_001)
  assert.equal(of(`${'true and '.repeat(10_000)}true`).value, true)
  assert.equal(of(`{${Array.from({ length: 7_000 }, (_, n) => `a${n}: ${n}`).join(',')}}.a6999`).value, 6_999)
})

test('unary tests are bounded like expressions', () => {
  const tests = parseUnaryTests('count(for i in 1..100000, j in 1..100000 return i) > ?')
  assert.match(evaluateUnaryTests(tests, 1, { get: () => undefined }, 0).failure!, steps)
  assert.throws(() => parseUnaryTests('not('.repeat(10_000)), FeelSyntaxError)
})
