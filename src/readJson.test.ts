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
