import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../refusal.ts'
import { readDispatch } from './readDispatch.ts'

test('a dispatch is its type and its payload, which may be missing', () => {
  assert.deepEqual(read('{"event_type":"greet","client_payload":{"name":"Ada"}}'), {
    eventType: 'greet',
    payload: { name: 'Ada' },
  })
  assert.deepEqual(read('{"event_type":"greet"}'), { eventType: 'greet', payload: {} })
})

test('the borders: 100 characters of type, 10 properties, 65,535 characters of payload', () => {
  const text = 'x'.repeat(65_535 - '{"a":""}'.length)
  assert.equal(read(JSON.stringify({ event_type: '☺'.repeat(100) })).eventType.length, 100)
  assert.equal(Object.keys(read(body(properties(10))).payload).length, 10)
  assert.equal(read(body({ a: text })).payload.a, text)
  refuses(body({ a: `${text}x` }), 422, 'client_payload is too large.')
})

test('characters of payload are counted as they are kept: numbers may become longer than they came', () => {
  const numbers = (count: number) => `{"event_type":"x","client_payload":{"a":[${Array(count).fill('1e20').join()}]}}`
  assert.equal(Object(read(numbers(2_900)).payload.a).length, 2_900)
  refuses(numbers(3_000), 422, 'client_payload is too large.')
})

test("what GitHub refuses is refused in GitHub's words", () => {
  refuses('', 422, "Invalid request.\n\nFor 'links/0/schema', nil is not an object.")
  refuses('[]', 422, "Invalid request.\n\nFor 'links/0/schema', [] is not an object.")
  refuses('{"client_payload":{}}', 422, 'Invalid request.\n\n"event_type" wasn\'t supplied.')
  refuses('{"event_type":7}', 422, "Invalid request.\n\nFor 'properties/event_type', 7 is not a string.")
  refuses('{"event_type":""}', 422, /At least 1 character/)
  refuses(`{"event_type":"${'x'.repeat(101)}"}`, 422, /Only 100 characters are allowed; 101 were supplied/)
  refuses(body('text'), 422, /For 'properties\/client_payload', "text" is not an object/)
  refuses(body(null), 422, /For 'properties\/client_payload', nil is not an object/)
  refuses(body(properties(13)), 422, /No more than 10 properties are allowed; 13 were supplied\./)
  refuses('{"event_type":"x","inputs":{}}', 422, 'Invalid request.\n\n"inputs" is not a permitted key.')
  refuses('{"ref":1,"inputs":{}}', 422, /"inputs", "ref" are not permitted keys\.\n"event_type" wasn't supplied\./)
  refuses('{"event_type":', 400, 'Problems parsing JSON')
  refuses(Buffer.from([0x22, 0xff, 0x22]), 400, 'Problems parsing JSON')
})

test('what could not be stored as it came is refused with what came', () => {
  refuses('{"event_type":"x","client_payload":{"n":12345678901234567890}}', 422, /12345678901234567890/)
  refuses('{"event_type":"x","client_payload":{"__proto__":{}}}', 422, /__proto__/)
  refuses('{"event_type":"x","client_payload":{"a":1,"a":2}}', 422, /client_payload: the key 'a'/)
})

function read(text: string) {
  return readDispatch(Buffer.from(text))
}

function body(payload: unknown): string {
  return JSON.stringify({ event_type: 'x', client_payload: payload })
}

function properties(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]))
}

function refuses(text: string | Buffer, status: number, message: string | RegExp): void {
  assert.throws(
    () => readDispatch(Buffer.from(text as string)),
    (error) => {
      assert.ok(error instanceof Refusal)
      assert.equal(error.status, status, error.message)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      return true
    },
  )
}
