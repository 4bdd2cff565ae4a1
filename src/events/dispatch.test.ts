import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventFromDispatch } from './dispatch.ts'

const time = '2026-01-01T00:00:00.000Z'
const source = 'https://github.com/o/r'
const defaults = { newId: () => 'given', source, time }

test('a dispatch without attributes gets the defaults, and correlates with itself', () => {
  const event = eventFromDispatch({ eventType: 'restock_item', payload: { product: 1 } }, defaults)
  const data = { product: 1 }
  assert.deepEqual(event, { id: 'given', source, time, type: 'restock_item', data, correlationid: 'given' })
})

test("the payload's attributes win, and stay in the data", () => {
  const payload = {
    event_id: 'e1',
    correlation_id: 'c1',
    causation_id: 'e0',
    source: 'urn:shop',
    subject: 'sku-1',
    time: '2026-02-03T04:05:06+01:00',
  }
  const event = eventFromDispatch({ eventType: 't', payload }, defaults)
  assert.deepEqual(event, {
    id: 'e1',
    source: 'urn:shop',
    type: 't',
    time: '2026-02-03T03:05:06.000Z',
    subject: 'sku-1',
    data: payload,
    correlationid: 'c1',
    causationid: 'e0',
  })
})

test('an attribute that is no text is refused, with its name and what came', () => {
  for (const [name, value] of Object.entries({ event_id: 7, correlation_id: '', source: {}, time: 'yesterday' })) {
    assert.throws(
      () => eventFromDispatch({ eventType: 't', payload: { [name]: value } }, defaults),
      (error: Error & { code: string }) => error.code === 'invalid' && error.message.includes(`client_payload.${name}`),
    )
  }
})
