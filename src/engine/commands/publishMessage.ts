import type { PublishMessage, Response } from '../command.ts'
import { emit, nextKey, Rejected, type Run } from '../run.ts'
import type { Message } from '../state/rows.ts'
import { messageIdGroup } from '../state/state.ts'
import { correlateMessage } from '../waiting/correlation.ts'

/** Correlates a message, and keeps it for its time to live. The same id, name and key within that time is refused. */
export function publishMessage(run: Run, command: PublishMessage): Response {
  const { name, correlationKey, messageId, timeToLive, variables } = command
  if (isKnown(run, command)) {
    throw new Rejected(
      'ALREADY_EXISTS',
      'PUBLISH',
      `Expected to publish a new message with id '${messageId}', but a message with that id was already published`,
    )
  }
  const key = nextKey(run)
  const deadline = run.now + Math.max(timeToLive, 0)
  const message: Message = { key, name, correlationKey, messageId, variables, deadline, correlatedTo: none }
  emit(run, { type: 'MESSAGE_PUBLISHED', key, message })
  correlateMessage(run, message)
  if (timeToLive <= 0) emit(run, { type: 'MESSAGE_EXPIRED', key })
  return { type: 'PublishMessage', key }
}

function isKnown(run: Run, { name, correlationKey, messageId }: PublishMessage): boolean {
  if (messageId === '') return false
  return run.state.messages.count('byMessageId', messageIdGroup(name, correlationKey, messageId)) > 0
}

/** One for all that are kept. */
const none: Message['correlatedTo'] = []
