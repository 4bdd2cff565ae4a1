import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkJson, formatRecord, type JsonObject, parseJson } from './json.ts'

function refused(text: string | Uint8Array, message: RegExp): void {
  assert.throws(() => parseJson(text, 'record'), { name: 'CommitbaseError', code: 'invalid', message })
}

test('what JSON can say comes back as it came', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!text.includes('__proto__'))
      assert.deepEqual(parseJson(text, 'value'), JSON.parse(text))
      assert.deepEqual(parseJson(Buffer.from(JSON.stringify(value, null, 2)), 'value'), JSON.parse(text))
    }),
  )
})

test('text that does not parse is shown with the place where it breaks', () => {
  refused('{"a": x}', /^record is not JSON: .*; got \{"a": x\}$/)
  refused('', /^record is not JSON: .*; got nothing$/)
  refused(`{${'"a": 1,'.repeat(1000)}`, /7,001 characters/)
})

test('bytes that are not UTF-8 are refused with the first bad one', () => {
  refused(Buffer.from([0x22, 0x61, 0xff, 0x22]), /^record is not UTF-8: byte 2 is 0xff/)
})

test('a byte order mark is no part of the text', () => {
  assert.deepEqual(parseJson(Buffer.from('\ufeff{"a":1}'), 'record'), { a: 1 })
})

test('a number of 20 digits is refused with its place', () => {
  refused(
    '{"a":[1,{"b/c":12345678901234567890}]}',
    /^record at \/a\/1\/b~1c: the number 12345678901234567890 does not survive/,
  )
})

test('a number survives when it denotes the same value, however it is written', () => {
  for (const text of [
    '1.0',
    '1e2',
    '0.1',
    '-0',
    '0.10',
    '1E+2',
    '9007199254740991',
    '1e-7',
    '0e99999',
    '5e-324',
    '100000000000000000000000',
    '999999999999999',
    '-99999999999999',
    '0.3000000000001',
    '8.9999999999999',
  ])
    assert.equal(parseJson(text, 'number'), Number(text))
  for (const text of [
    '9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '0.30000000000000000001',
    '3.141592653589793238',
  ])
    refused(text, /does not survive a round trip/)
})

test('a key __proto__ is refused wherever it is, escaped as well', () => {
  refused('{"__proto__": {"admin": true}}', /^record: the key '__proto__' is not allowed$/)
  refused('{"a": [{"\\u005f_proto__": 1}]}', /^record at \/a\/0: the key '__proto__'/)
  assert.deepEqual(parseJson('"__proto__"', 'text'), '__proto__')
})

test('a key that occurs twice in one object is refused', () => {
  refused('{"a": 1, "b": {"x": 1, "\\u0078": 2}}', /^record at \/b: the key 'x' occurs twice$/)
  assert.deepEqual(parseJson('[{"a":1},{"a":2}]', 'list'), [{ a: 1 }, { a: 2 }])
})

test('a lone surrogate is refused as a value and as a key', () => {
  refused('{"a": "\\ud800"}', /^record at \/a: .*lone surrogate/)
  refused('{"\\udc00": 1}', /lone surrogate/)
  refused('{"a": "\ud800"}', /lone surrogate/)
  assert.equal(parseJson('"\\ud83d\\ude00"', 'text'), '😀')
})

test('a hundred levels pass, one more does not', () => {
  assert.doesNotThrow(() => parseJson(`${'['.repeat(100)}${']'.repeat(100)}`, 'list'))
  refused(`${'['.repeat(101)}${']'.repeat(101)}`, /more than 100 levels deep/)
  refused(`${'['.repeat(1e5)}${']'.repeat(1e5)}`, /more than 100 levels deep/)
})

test('a value that was never text passes the same checks', () => {
  const refusedValue = (value: unknown, message: RegExp) =>
    assert.throws(() => checkJson(value, 'record'), { code: 'invalid', message })
  refusedValue({ a: undefined }, /^record at \/a: only JSON values can be stored; got undefined$/)
  refusedValue({ a: [Number.NaN] }, /^record at \/a\/0: a number must be finite; got NaN$/)
  refusedValue({ a: new Date(0) }, /got a Date/)
  refusedValue({ a: new Map() }, /got a Map/)
  refusedValue({ a: () => 1 }, /got function/)
  refusedValue({ a: 1n }, /got bigint/)
  refusedValue({ a: new Array(1) }, /^record at \/a\/0: .*got undefined/)
  refusedValue(JSON.parse('{"__proto__": 1}'), /'__proto__' is not allowed/)
  refusedValue({ a: '\ud800' }, /lone surrogate/)
  const circle: JsonObject = {}
  circle.self = circle
  refusedValue(circle, /more than 100 levels deep/)
  checkJson(Object.assign(Object.create(null), { a: [1, 'b', null, true, {}] }), 'record')
})

test('a record is stored as two-space JSON with a final newline, its keys in their order', () => {
  assert.equal(formatRecord({ b: 1, a: [{}] }).toString(), '{\n  "b": 1,\n  "a": [\n    {}\n  ]\n}\n')
})
