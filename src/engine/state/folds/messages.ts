import { type Key, messageSubscriptionKey } from '../../key.ts'
import { countKey } from '../countKey.ts'
import { keepMessage } from '../keptMessages.ts'
import type { State } from '../state.ts'
import type { FoldsOf } from './fold.ts'

export const messages = {
  MESSAGE_PUBLISHED: (state, { message }) => state.messages.put(keepMessage(message)),
  MESSAGE_EXPIRED: (state, { key }) => state.messages.delete(key),

  MESSAGE_SUBSCRIPTION_CREATED: (state, { key, subscription }) => {
    countKey(state, messageSubscriptionKey(key))
    state.subscriptions.put(subscription)
  },
  MESSAGE_SUBSCRIPTION_MIGRATED: (state, { subscription }) => state.subscriptions.put(subscription),
  MESSAGE_SUBSCRIPTION_CORRELATING: correlating,
  MESSAGE_SUBSCRIPTION_REJECTED: (state, { messageKey, bpmnProcessId }) =>
    changeMessage(state, messageKey, (processes) => processes.filter((id) => id !== bpmnProcessId)),
  MESSAGE_SUBSCRIPTION_CORRELATED: (state, { key, closes }) => {
    if (closes) state.subscriptions.delete(key)
  },
  MESSAGE_SUBSCRIPTION_DELETED: (state, { key }) => state.subscriptions.delete(key),

  MESSAGE_START_EVENT_SUBSCRIPTION_CREATED: (state, { subscription }) => state.startSubscriptions.put(subscription),
  MESSAGE_START_EVENT_SUBSCRIPTION_CORRELATED: correlating,
  MESSAGE_START_EVENT_SUBSCRIPTION_DELETED: (state, { key }) => state.startSubscriptions.delete(key),
} satisfies Partial<FoldsOf>

function correlating(state: State, { messageKey, bpmnProcessId }: { messageKey: Key; bpmnProcessId: string }): void {
  changeMessage(state, messageKey, (processes) => [...processes, bpmnProcessId])
}

function changeMessage(state: State, key: Key, change: (processes: readonly string[]) => readonly string[]): void {
  const message = state.messages.get(key)
  if (message !== undefined) state.messages.put({ ...message, correlatedTo: change(message.correlatedTo) })
}
