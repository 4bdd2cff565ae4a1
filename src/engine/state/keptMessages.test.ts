import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyBase } from '../key.ts'
import { keepMessage, messageAt, messageFrom } from './keptMessages.ts'
import type { Message } from './rows.ts'
import { emptyState, messageGroup, messageIdGroup } from './state.ts'

const message: Message = {
  key: keyBase + 1,
  name: 'PAID',
  correlationKey: 'o-1',
  messageId: 'm-1',
  variables: JSON.parse('{"z":1,"a":{"__proto__":[null,"\\ud800 ü"]},"":true}'),
  deadline: 1_700_000_000_000,
  correlatedTo: ['billing'],
}

test('a message is given back as it was kept, its fields and variables in their order', () => {
  assert.equal(JSON.stringify(messageFrom(keepMessage(message))), JSON.stringify(message))
})

test('who gets a message has variables of their own', () => {
  const state = emptyState('engine', 1)
  state.messages.put(keepMessage(message))
  const first = messageAt(state, message.key)!
  Object.assign(first.variables, { z: 2 })
  assert.equal(messageAt(state, message.key)!.variables.z, 1)
  state.messages.delete(message.key)
  assert.equal(messageAt(state, message.key), undefined)
})

test('names, keys and ids that give the same text together are told apart', () => {
  assert.notEqual(messageGroup('ab', 'c'), messageGroup('a', 'bc'))
  assert.notEqual(messageGroup('1:a', 'b'), messageGroup('1', ':ab'))
  assert.notEqual(messageIdGroup('a', 'b\0c', 'd'), messageIdGroup('a', 'b', 'c\0d'))
  assert.notEqual(messageIdGroup('a', 'bc', 'd'), messageIdGroup('a', 'b', 'cd'))
})
