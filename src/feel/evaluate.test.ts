import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from './evaluate.ts'
import { FeelSyntaxError, parseExpression, variableOf } from './expression.ts'

const noon = Date.UTC(2026, 0, 2, 12)

const variables: Record<string, unknown> = {
  a: 1,
  s: 'x',
  list: [3, 1, 2],
  objs: [
    { n: 1, t: 'p' },
    { n: 2, t: 'q' },
  ],
  o: { k: 'v', 'x-y': 1, deep: { z: [1, 2] } },
  count: 5,
  product: { id: 7 },
}

const of = (text: string, values = variables) =>
  evaluate(parseExpression(text), { get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined) }, noon)

/** Each was evaluated by Zeebe 8.6.0 with the same variables. */
const seen: [expression: string, json: unknown][] = [
  ['1 + 1', 2],
  ['0.1 + 0.2', 0.3],
  ['1 / 3', 0.3333333333333333],
  ['7 / 0', null],
  ['s + "y"', 'xy'],
  ['s + 1', null],
  ['string([1,2])', '[1, 2]'],
  ['string(o)', '{k:"v", x-y:1, deep:{z:[1, 2]}}'],
  ['a = "1"', null],
  ['missing = null', true],
  ['missing.x', null],
  ['o.deep.z[1]', 1],
  ['o.`x-y`', 1],
  ['list[-1]', 2],
  ['list[5]', null],
  ['list[item > 1]', [3, 2]],
  ['objs.n', [1, 2]],
  ['objs[n = 2].t', ['q']],
  ['count(list)', 3],
  ['count(objs[n > 1])', 1],
  ['count', 5],
  ['product.id', 7],
  ['product([2,3])', 6],
  ['sort(list, function(x,y) x < y)', [1, 2, 3]],
  ['if s then 1 else 2', 2],
  ['if missing then 1 else 2', 2],
  ['if a > 0 then (if count(list) > 5 then "many" else "few") else "none"', 'few'],
  ['for x in list return x * 2', [6, 2, 4]],
  ['some x in list satisfies x > 2', true],
  ['every x in list satisfies x > 2', false],
  ['get value(o, "zz")', null],
  ['get or else(missing, 3)', 3],
  ['put all({a:1},{b:2})', { a: 1, b: 2 }],
  ['context merge([{a:1},{b:2}])', { a: 1, b: 2 }],
  ['{x: 1, y: x + 1}', { x: 1, y: 2 }],
  ['1 > "a"', null],
  ['missing > 1', null],
  ['a > 0 and s > 1', null],
  ['a > 5 and s > 1', false],
  ['a between 0 and 2', true],
  ['date("2026-01-01")', '2026-01-01'],
  ['date and time("2026-01-01T10:00:00Z")', '2026-01-01T10:00Z'],
  ['date and time("2026-01-01T10:00:00.123+02:00")', '2026-01-01T10:00:00.123+02:00'],
  ['time("10:00:00")', '10:00'],
  ['duration("PT36H")', 'PT36H'],
  ['duration("P1D")', 'PT24H'],
  ['duration("P14M")', 'P1Y2M'],
  ['string(duration("P1D"))', 'P1D'],
  ['date("2026-01-02") - date("2026-01-01")', 'PT24H'],
  ['is defined(missing)', false],
  ['objs[list contains(["p"], t)].n', [1]],
  ['objs[not(n > 1)].t', ['p']],
  ['objs[contains(t, "q") and n > 1].t', ['q']],
  ['[{a: true, i: 1}, {a: false, i: 2}][a].i', 1],
  ['[{c: true, i: 1}, {c: false, i: 2}][c].i', [1]],
  ['[{b: {a: true}, i: 1}, {b: {a: false}, i: 2}][b.a].i', [1]],
  ['["aa", "ba"][starts with(item, "a")]', ['aa']],
  ['[true, false, true][item]', [true, true]],
  ['list[count(list)]', 2],
  ['list[a]', 3],
  ['list[a + 1]', 1],
  ['list[number("1")]', 3],
  ['list[false]', []],
  ['duration("P1D") * 2', 'PT48H'],
  ['2 * duration("P1Y2M")', 'P2Y4M'],
  ['duration("PT1H") * 1.5', 'PT1H'],
  ['duration("P1D") * -1', 'PT-24H'],
  ['duration("P1Y") * -1', 'P-1Y'],
  ['duration("PT5M") * (a + 1) + duration("PT1M")', 'PT11M'],
  ['duration("PT1H") / 1.5', 'PT40M'],
  ['duration("PT1S") / 3', 'PT0.333S'],
  ['duration("P3M") / 2', 'P1M'],
  ['duration("PT1H") / duration("PT25M")', 2],
  ['duration("P1Y") / duration("P1M")', 12],
  ['duration("P1Y") / duration("PT1H")', null],
  ['duration("PT1H") / 0', null],
  ['"3" * 2', null],
  ['0.1 + 0.2 = 0.3', true],
  ['1.1 * 3 = 3.3', true],
  ['ceiling(1.1 * 100)', 110],
  ['1 - 0.9', 0.1],
  ['sum([0.1, 0.2]) = 0.3', true],
  ['mean([0.1, 0.2, 0.3])', 0.2],
  ['round half up(1.255, 2)', 1.26],
  ['round half up(-1.255, 2)', -1.26],
  ['round half down(1.255, 2)', 1.25],
  ['round up(-1.121, 2)', -1.13],
  ['round down(-1.129, 2)', -1.12],
  ['decimal(2.5, 0)', 2],
  ['decimal(1.245, 2)', 1.24],
  ['decimal(1.255, 2)', 1.26],
  ['round half up(1234.5, -2)', 1200],
  ['"a" + "b" + s', 'abx'],
  ['[1] + [2]', null],
  ['date("2026-01-01") + duration("P1D") + duration("P1D")', '2026-01-03'],
  ['2 * 3 / 4 ** 2', 0.375],
  ['-2 * -(3)', 6],
  ['string length("😀a")', 3],
  ['substring("hello", 0)', ''],
  ['substring("hello", -3, 2)', 'll'],
  ['string join(["a", null, "b"], ", ", "[", "]")', '[a, b]'],
  ['get value({b: {c: 1}}, ["b", "c"])', 1],
  ['min("b", "a")', 'a'],
  ['max([date("2025-01-01"), date("2026-01-01")])', '2026-01-01'],
  ['max(1, 3, 2)', 3],
  ['number("")', null],
  ['years and months duration(date("2020-01-15"), date("2021-03-10"))', 'P1Y1M'],
  ['years and months duration(date("2020-01-15"), date("2020-01-20"))', 'P0D'],
  ['date("2026-01-01") instance of date', true],
  ['{double: function(x) x * 2, r: [double(4), count([1])]}.r', [8, 1]],
]

for (const [expression, json] of seen) {
  test(`FEEL: ${expression}`, () => assert.deepEqual(of(`=${expression}`).value, json))
}

test('the clock is the one that is handed in', () => {
  assert.equal(of('=now()').value, '2026-01-02T12:00Z')
  assert.equal(of('=today() + duration("P1D")').value, '2026-01-03')
  assert.equal(of('=now() > date and time("2026-01-02T11:59:59Z")').value, true)
})

test('what does not start with = is a static string, and only the first character counts', () => {
  assert.deepEqual(of('abc'), { value: 'abc', feel: 'abc', type: 'STRING', warnings: [] })
  assert.equal(of(' =1').value, ' =1')
})

test('what made a value null is reported in the words of the real engine', () => {
  assert.deepEqual(of('=missing').warnings, ["[NO_VARIABLE_FOUND] No variable found with name 'missing'"])
  assert.deepEqual(of('=missing > 5').warnings, [
    "[NO_VARIABLE_FOUND] No variable found with name 'missing'",
    "[NOT_COMPARABLE] Can't compare 'null' with '5'",
  ])
  assert.deepEqual(of('=s > 5').warnings, [`[NOT_COMPARABLE] Can't compare '"x"' with '5'`])
})

test('a failed assertion fails the whole evaluation', () => {
  assert.equal(
    of('=assert(a, a > 5)').failure,
    "Assertion failure on evaluate the expression 'assert(a, a > 5)': The condition is not fulfilled",
  )
  assert.equal(of('=assert(a, a < 5)').value, 1)
})

test('what is not FEEL says where', () => {
  assert.throws(
    () => parseExpression('=1 +'),
    new FeelSyntaxError("failed to parse expression '1 +': unexpected end of input at 1:4"),
  )
  assert.throws(() => parseExpression('=a ? b'), FeelSyntaxError)
})

test('1e3 is no number in FEEL', () => {
  assert.throws(() => parseExpression('=1e3'), FeelSyntaxError)
})

test('uuid() and random number() are made of what is handed in', () => {
  let calls = 0
  const unique = () => `${calls++}`.padStart(32, '8')
  const made = (text: string) => evaluate(parseExpression(text), { get: () => undefined }, noon, unique).value
  assert.match(String(made('=uuid()')), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(made('=uuid() != uuid()'), true)
  assert.equal(made('=random number() >= 0 and random number() < 1'), true)
})

test('no name reaches into the prototype', () => {
  assert.equal(of('=__proto__').value, null)
  assert.equal(of('=o.constructor').value, null)
  assert.equal(of('=constructor').value, null)
})

test('a variable or a path is known by its first name', () => {
  assert.equal(variableOf(parseExpression('=r.x')), 'r')
  assert.equal(variableOf(parseExpression('=r + 1')), undefined)
})
