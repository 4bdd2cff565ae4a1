import assert from 'node:assert/strict'
import { CommitbaseError } from '../../../src/errors.ts'
import { eventDigest } from '../../../src/events/digest.ts'
import { eventFromDispatch } from '../../../src/events/dispatch.ts'
import { readDispatch } from '../../../src/hub/intake/readDispatch.ts'
import { Refusal } from '../../../src/hub/refusal.ts'
import type { Target } from '../target.ts'

const defaults = { newId: () => 'fresh', source: 'https://github.com/octo/shop', time: '2026-01-01T00:00:00.000Z' }

/** The body of a dispatch: refused with GitHub's status, or an event that is the same after it has been written and read. */
export const dispatch: Target = {
  seeds: () =>
    [
      '{"event_type":"restock_item","client_payload":{"event_id":"e-1","product":{"_id":"sku-1","n":[1,2.5,-3e2,null,true]}}}',
      '{"event_type":"a","client_payload":{"time":"2026-01-02T03:04:05Z","subject":"x","correlation_id":"c","causation_id":"d","source":"s"}}',
      '{"event_type":"\\u00e9\\ud83d\\ude00","client_payload":{"a":{"b":{"c":{"d":[[[[]]]]}}}}}',
      '{"event_type":"x"}',
    ].map((text) => Buffer.from(text)),
  words: [
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '\\u',
    '\\ud800',
    '__proto__',
    'constructor',
    '1e400',
    '-0',
    '0.1',
    '12345678901234567890',
    'null',
    '"event_id":',
    '"time":',
    '"client_payload":',
  ],
  run(input) {
    let event: ReturnType<typeof eventFromDispatch>
    try {
      event = eventFromDispatch(readDispatch(input), defaults)
    } catch (error) {
      const isRefused = error instanceof Refusal && [400, 422].includes(error.status)
      if (isRefused || (error instanceof CommitbaseError && error.code === 'invalid')) return
      throw error
    }
    const again = JSON.parse(JSON.stringify(event))
    // Not the value: -0 becomes 0.
    assert.equal(JSON.stringify(again), JSON.stringify(event))
    assert.equal(eventDigest(again), eventDigest(event))
    assert.equal(Object({}).polluted, undefined)
  },
}
