import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDispatch, withEventId } from './dispatch.ts'

const body = (payload: unknown) => JSON.stringify({ event_type: 'restock_item', client_payload: payload })
const idOf = (payload: unknown, engine = 'engine', job = '1') => withEventId(body(payload), engine, job).eventId

test('a dispatch is told from other requests', () => {
  const cases: [string, string, boolean][] = [
    ['POST', 'https://api.github.com/repos/a/b/dispatches', true],
    ['POST', 'https://ghe.example/api/v3/repos/a/b/dispatches', true],
    ['GET', 'https://api.github.com/repos/a/b/dispatches', false],
    ['POST', 'https://api.github.com/repos/a/b/actions/workflows/1/dispatches', false],
    ['POST', 'https://api.github.com/repos/a/b/dispatches/x', false],
  ]
  for (const [method, url, is] of cases) assert.equal(isDispatch(method, new URL(url)), is, `${method} ${url}`)
})

test('the id is put into the payload, and is the same for the same job and body only', () => {
  const { text, eventId } = withEventId(body({ a: 1 }), 'engine', '1')
  assert.match(eventId!, /^[0-9a-f]{64}$/)
  assert.deepEqual(JSON.parse(text), { event_type: 'restock_item', client_payload: { a: 1, event_id: eventId } })
  assert.equal(idOf({ a: 1 }), eventId)
  assert.equal(new Set([eventId, idOf({ a: 2 }), idOf({ a: 1 }, 'another'), idOf({ a: 1 }, 'engine', '2')]).size, 4)
})

test('an id that is there stays; an empty one is none', () => {
  assert.deepEqual(withEventId(body({ event_id: 'mine' }), 'e', '1'), {
    text: body({ event_id: 'mine' }),
    eventId: 'mine',
  })
  assert.match(idOf({ event_id: '' })!, /^[0-9a-f]{64}$/)
  assert.match(idOf({ event_id: null })!, /^[0-9a-f]{64}$/)
})

test('a payload without room for it is a problem of the job; with nine properties, or its own id, it is none', () => {
  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]))
  assert.throws(() => idOf(properties(10)), { message: /client_payload has 10 properties, and GitHub takes 10/ })
  assert.match(idOf(properties(9))!, /^[0-9a-f]{64}$/)
  assert.equal(idOf({ ...properties(9), event_id: 'mine' }), 'mine')
})

test('without a payload one is made; what is no body of a dispatch is left to its receiver', () => {
  assert.match(withEventId('{"event_type":"x"}', 'e', '1').text, /"client_payload":\{"event_id":"[0-9a-f]{64}"\}/)
  for (const text of ['', 'no json', '[]', '{"client_payload":[1]}', '{"client_payload":"x"}'])
    assert.deepEqual(withEventId(text, 'e', '1'), { text })
})
