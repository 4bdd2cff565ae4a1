import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, printedDateTime } from './dateTime.ts'

test('a date and time is printed as Java prints it', () => {
  const printed = (text: string) => printedDateTime(text)
  assert.equal(printed('2023-02-27T14:35:00Z'), '2023-02-27T14:35Z')
  assert.equal(printed('2023-02-27T14:35:10.5+02:00'), '2023-02-27T14:35:10.500+02:00')
  assert.equal(printed('2023-02-27T14:35:00.000001+00:00'), '2023-02-27T14:35:00.000001Z')
  assert.equal(printed('2023-02-27T14:35+02'), '2023-02-27T14:35+02:00')
})

test('a zone’s own offset counts before the one that is written', () => {
  assert.equal(printedDateTime('2023-02-27T14:35:00+02:00[Europe/Berlin]'), '2023-02-27T13:35+01:00[Europe/Berlin]')
  assert.equal(instantOf('2023-02-27T14:35:00+02:00[Europe/Berlin]'), Date.UTC(2023, 1, 27, 12, 35))
})

test('without an offset, or with a zone that nobody knows, it is none', () => {
  for (const text of [
    '2023-02-27T14:35:00',
    '2023-02-27',
    'soon',
    '',
    '2023-02-30T14:35Z',
    '2023-02-27T14:35Z[No/Where]',
  ]) {
    assert.equal(printedDateTime(text), undefined, text)
    assert.equal(instantOf(text), undefined, text)
  }
})
