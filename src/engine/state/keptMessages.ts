import { readJson } from '../../readJson.ts'
import type { Variables } from '../command.ts'
import type { Key } from '../key.ts'
import type { KeptMessage, Message } from './rows.ts'
import type { State } from './state.ts'

/** The buffered message; undefined once it expired. */
export function messageAt(state: State, key: Key): Message | undefined {
  const kept = state.messages.get(key)
  return kept && messageFrom(kept)
}

/** Its fields in the order in which a message's document has them. */
export function messageFrom({
  key,
  name,
  correlationKey,
  messageId,
  json,
  deadline,
  correlatedTo,
}: KeptMessage): Message {
  return { key, name, correlationKey, messageId, variables: readJson(json) as Variables, deadline, correlatedTo }
}

export function keepMessage({
  key,
  name,
  correlationKey,
  messageId,
  variables,
  deadline,
  correlatedTo,
}: Message): KeptMessage {
  return { key, name, correlationKey, messageId, json: JSON.stringify(variables), deadline, correlatedTo }
}
