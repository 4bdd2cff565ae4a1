import type { PublishMessage } from '../command.ts'
import { messageAt } from '../state/keptMessages.ts'
import type { Message } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const messageRecords = {
  MESSAGE_PUBLISHED: ({ key, message }, { command, now }) => [
    {
      valueType: 'MESSAGE',
      intent: 'PUBLISHED',
      key,
      value: messageValue(message, timeToLiveOf(command, message, now)),
    },
  ],
  /** Of many that expired together, the real engine tells no more than the keys. */
  MESSAGE_EXPIRED: ({ key }, { state, command, now }) => {
    const message = command.type === 'Tick' ? undefined : messageAt(state, key)
    const value = message ? messageValue(message, timeToLiveOf(command, message, now)) : noMessage
    return [{ valueType: 'MESSAGE', intent: 'EXPIRED', key, value }]
  },
} satisfies Partial<RecordsOf>

export function messageCommand({ name, correlationKey, timeToLive, messageId, variables }: PublishMessage): Draft {
  const value = { ...noMessage, name, correlationKey, timeToLive, variables, messageId }
  return { valueType: 'MESSAGE', intent: 'PUBLISH', key: -1, value }
}

function timeToLiveOf(command: { type: string }, message: Message, now: number): number {
  return 'timeToLive' in command ? (command as PublishMessage).timeToLive : message.deadline - now
}

function messageValue({ name, correlationKey, variables, messageId, deadline }: Message, timeToLive: number): Value {
  // The real engine's deadline of a message that lives no time lies in the past.
  const until = timeToLive < 0 ? deadline + timeToLive : deadline
  return { name, correlationKey, timeToLive, variables, messageId, deadline: until, tenantId: defaultTenant }
}

const noMessage = {
  name: '',
  correlationKey: '',
  timeToLive: -1,
  variables: {},
  messageId: '',
  deadline: -1,
  tenantId: defaultTenant,
}
