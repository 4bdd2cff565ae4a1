import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from './readJson.ts'

test('a key with a quote in it is not taken for one with a backslash that came before', () => {
  for (const [before, text] of [
    ['{"a\\\\":1}', '{"a\\"":1}'],
    ['{"n":1,"b\\\\":1}', '{"n":1,"b\\n":1}'],
    ['{"c\\\\u":1}', '{"c\\u0001x":1}'],
    ['[{"d":[],"\\\\":0}]', '[{"d":{"d":1,"\\"" : [2]},"\\u0022":"\\""}]'],
  ] as const) {
    readJson(before)
    assert.equal(JSON.stringify(readJson(text)), text.replaceAll(' ', '').replace('\\u0022', '\\"'))
  }
})

test('whatever the keys are, what was written is read again, with and without spaces', () => {
  const key = fc.string({ unit: fc.constantFrom('\\', '"', '\n', '/', 'u', ':', 'ä', '1'), maxLength: 3 })
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, key, fc.integer(), fc.constantFrom(null, true, 1e-7), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }))
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space)
      assert.equal(JSON.stringify(readJson(text), null, space), text)
    }),
    { numRuns: 1_000 },
  )
})

test('a key that names a prototype is a key, the last of two that are the same counts, and what is no JSON is refused', () => {
  const read = readJson('{"\\u005f_proto__": {"x": 1}, "a": 1, "a": 2}') as object
  assert.deepEqual(Object.entries(read), [
    ['__proto__', { x: 1 }],
    ['a', 2],
  ])
  assert.equal(Object.getPrototypeOf(read), Object.prototype)
  for (const text of ['{"\\"":}', '{"\\x":1}', '{"a\\":1}', '\\', '']) assert.throws(() => readJson(text), SyntaxError)
})

test('what a double does not hold is told as it is written, beside keys with an escape in them', () => {
  readJson('{"a\\\\":1}')
  const text =
    '{"a\\"":[1, 9007199254740993, -12345678901234567890],"b":{"big": 1e999}, "same":[1234567890123456, 1e300, "1234567890123456789"]}'
  const told: string[] = []
  const read = readJson(text, (source, name) => {
    told.push(`${name} ${source}`)
    return source
  })
  assert.deepEqual(read, {
    'a"': [1, '9007199254740993', '-12345678901234567890'],
    b: { big: '1e999' },
    same: [1234567890123456, 1e300, '1234567890123456789'],
  })
  assert.deepEqual(told, ['1 9007199254740993', '2 -12345678901234567890', 'big 1e999'])
})

test('what is written with a point or an exponent is the nearest double, though it be whole', () => {
  const told: string[] = []
  const read = readJson('[9007199254740993.0, 9007199254740993e0, 9007199254740993]', (source) => told.push(source))
  assert.deepEqual(read, [2 ** 53, 2 ** 53, 1])
  assert.deepEqual(told, ['9007199254740993'])
})

test('a text of many levels does not end the stack', () => {
  const deep = (inner: string) => `${'['.repeat(100_000)}${inner}${']'.repeat(100_000)}`
  for (const inner of ['{"\\"":1}', '12345678901234567890']) {
    let value = readJson(deep(inner), () => 'told')
    let levels = 0
    for (; Array.isArray(value); levels++) value = value[0]
    assert.deepEqual([levels, value], [100_000, inner.startsWith('{') ? { '"': 1 } : 'told'])
  }
})
