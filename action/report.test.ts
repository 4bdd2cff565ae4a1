import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from './applyRequest.ts'
import { escapeHtml, reportOutcome } from './report.ts'
import type { Run } from './run.ts'

const run = { url: 'https://github.com/o/r.git' } as Run

test('no line break of a payload ends the block of HTML: Markdown ends a line at CR, too', () => {
  assert.equal(escapeHtml('a\r\r![x](y)\r\n\n<b>'), 'a&#13;&#13;![x](y)&#13;&#10;&#10;&#60;b&#62;')
})

test('very many messages leave the summary and the warning small, and are counted', () => {
  const { rows, warning } = reportOutcome('e', owing(5_000), run)
  assert.equal(rows.filter(([name]) => name === 'Message').length, 50)
  assert.deepEqual(rows.at(-1), ['Messages', 'and 4950 more'])
  assert.match(warning!, /not sent: M0, M1, .*M9 and 4990 more\./)
})

test('the warning names a message once, however often it is owed', () => {
  const outcome = owing(3)
  const messages = outcome.messages.map((state) => ({ ...state, message: { ...state.message, name: 'M' } }))
  assert.match(reportOutcome('e', { ...outcome, messages }, run).warning!, /not sent: M\./)
})

function owing(count: number): Outcome {
  const event = { id: 'e1', source: 's', type: 'e', time: '', data: {}, correlationid: 'e1' }
  const messages = Array.from({ length: count }, (_, index) => ({
    status: 'owed' as const,
    message: { name: `M${index}`, correlationKey: 'k', variables: {}, timeToLive: 1, messageId: `e-${index}` },
  }))
  return { applied: { event, result: undefined, duplicate: false }, messages, resent: 0 }
}
