import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Story, type StoryLine } from './story.ts'

const event = { id: 'e1', source: 's', type: 'restock_item', correlationid: 'c' }
const message = (name: string) => ({ name, correlationKey: 'k', messageId: `e1-${name}` })
const committed = { type: 'committed', event, commit: 'abc', subject: 'UPSERT stock/a', milliseconds: 3 } as const

function tellTo(lines: StoryLine[]) {
  return new Story((line) => lines.push(line))
}

test('an event that owes messages is told once for each, with its commit, and is at its end after the last', async () => {
  const lines: StoryLine[] = []
  const story = tellTo(lines)
  story.hear({ type: 'accepted', event })
  story.hear({ ...committed, owes: 2 })
  story.hear({ type: 'message-taken', event, message: message('A'), milliseconds: 4 })
  let ended = false
  const settled = story.settled(1_000_000).then(() => {
    ended = true
  })
  await Promise.resolve()
  assert.equal(ended, false)
  story.hear({ type: 'message-taken', event, message: message('B'), milliseconds: 5 })
  await settled
  const about = { event: { type: 'restock_item', id: 'e1' }, commit: 'abc', subject: 'UPSERT stock/a', failed: false }
  assert.deepEqual(lines, [
    { ...about, message: { name: 'A', correlationKey: 'k' }, milliseconds: 7 },
    { ...about, message: { name: 'B', correlationKey: 'k' }, milliseconds: 8 },
  ])
})

test('an event that owes none is told when it has landed; one that failed with its reason', async () => {
  const lines: StoryLine[] = []
  const story = tellTo(lines)
  story.hear({ type: 'accepted', event })
  story.hear({ type: 'unchanged', event, owes: 0, milliseconds: 3 })
  story.hear({ type: 'accepted', event })
  story.hear({ type: 'refused', event, error: { code: 'conflict', message: 'sold out' }, milliseconds: 1 })
  await story.settled(1_000_000)
  assert.deepEqual(
    lines.map(({ note, failed }) => [note, failed]),
    [
      ['no change, no commit', false],
      ['conflict: sold out', true],
    ],
  )
})
