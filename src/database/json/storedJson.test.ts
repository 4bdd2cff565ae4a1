import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatRecord, parseJson } from './json.ts'
import { parseStoredJson } from './storedJson.ts'

test('what we write is read as it was', () => {
  const record = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
  fc.assert(
    fc.property(record, (fields) => {
      // The one key that is refused, wherever it is.
      const written = JSON.parse(JSON.stringify(fields).replaceAll('"__proto__":', '"__proto":'))
      assert.deepEqual(parseStoredJson(formatRecord(written), 'it'), written)
    }),
  )
})

test('a file is refused for the same reasons as any JSON', () => {
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
  const files = [
    '{"a":1,"a":2}',
    '{\n  "a": 1,\n  "a": 2\n}\n',
    '{\n  "__proto__": 1\n}\n',
    '{\n  "a": "\\ud800"\n}\n',
    '{\n  "a": 12345678901234567890\n}\n',
    '{\n  "a": -0\n}\n',
    '{\n  "a": 1.0\n}\n',
    '\ufeff{\n  "a": 1\n}\n',
    '{',
    '',
    formatRecord({ a: nested(99) }).toString(),
    formatRecord({ a: nested(100) }).toString(),
    formatRecord({ a: nested(98), b: { c: nested(99) } }).toString(),
  ].map((text) => Buffer.from(text))
  const broken = [Buffer.from([0x22, 0xf0, 0x9f, 0x98, 0x22, 0x0a]), Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22, 0x0a])]
  for (const file of [...files, ...broken]) assert.deepEqual(outcome(parseStoredJson, file), outcome(parseJson, file))
})

function outcome(parse: (bytes: Buffer, what: string) => unknown, bytes: Buffer): unknown {
  try {
    return { value: parse(bytes, 'the file') }
  } catch (error) {
    return { error: (error as Error).message }
  }
}
