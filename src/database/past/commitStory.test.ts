import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storyOf } from './commitStory.ts'

const commit = 'c'.repeat(40)
const author = { name: 'Ada', email: 'ada@example.org' }

function storyOfMessage(message: string) {
  return storyOf(commit, { tree: 't'.repeat(40), parents: [], author, time: 1_000_000, message })
}

test('a commit tells its subject, whatever lines and blanks a person gave it', () => {
  for (const message of [
    'Add a\n  thing ',
    '\n \n  Add a\nthing\n\nBecause.\n',
    'Add a\r\nthing\r\n \t\r\nBecause: yes',
  ])
    assert.equal(storyOfMessage(message).subject, 'Add a thing')
  assert.equal(storyOfMessage('').subject, '')
})

test('its event stands in the trailers of the last paragraph, which is not the first', () => {
  const trailers = 'Event-Id: 7\nEVENT-SOURCE: a b \nno trailer\nOperation: restock'
  const { event, operation } = storyOfMessage(`Restock\n\nA text.\n \n${trailers}\n`)
  assert.deepEqual(event, { id: '7', source: 'a b ' })
  assert.equal(operation, 'restock')
  assert.equal(storyOfMessage(trailers).event, undefined)
  assert.equal(storyOfMessage(`Restock\n\n${trailers}\n\nA text.`).event, undefined)
})
