import { eventKey } from '../../database/receipts/eventKey.ts'
import type { Receipt } from '../../database/receipts/receipt.ts'
import type { Event } from '../event.ts'
import { defaultTimeToLive, type Message } from './message.ts'

/**
 * What an event that failed or was refused owes: the message that its data asks for in `failure_message`, so that the process which
 * waits for an answer is told. It correlates by the event's correlation id, and brings the variables `event_id` and `error`
 * (`code`, `message`). None where nobody asked.
 */
export function failureMessages(event: Event, error: NonNullable<Receipt['error']>): Message[] {
  const { failure_message: name } = event.data
  if (typeof name !== 'string' || name === '') return []
  const { source, id, correlationid: correlationKey } = event
  const variables = { event_id: id, error: { ...error } }
  return [{ name, correlationKey, variables, timeToLive: defaultTimeToLive, messageId: `${eventKey(source, id)}-0` }]
}
