import type { Key, Variables } from '../key.ts'
import { messageSubscriptionKey } from '../key.ts'
import { messageAt } from '../state/keptMessages.ts'
import type { Subscription } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import { processMessageSubscription } from './processMessageSubscription.ts'
import type { Draft } from './record.ts'

/** Ours is one; the real engine has two, the instance's and the message's, which could be on different partitions. */
export const subscriptionRecords = {
  MESSAGE_SUBSCRIPTION_CREATED: ({ subscription }) => [processMessageSubscription('CREATING', subscription)],
  SUBSCRIPTION_OPENED: ({ subscription }) => [messageSubscription('CREATED', subscription)],
  SUBSCRIPTION_ACKNOWLEDGED: ({ subscription }) => [processMessageSubscription('CREATED', subscription)],
  MESSAGE_SUBSCRIPTION_CORRELATING: ({ key, messageKey }, { state }) => {
    const subscription = state.subscriptions.get(key)!
    const variables = messageAt(state, messageKey)?.variables
    return [messageSubscription('CORRELATING', subscription, messageKey, variables)]
  },
  MESSAGE_SUBSCRIPTION_CORRELATED: ({ key, messageKey, variables }, { state }) => {
    const subscription = state.subscriptions.get(key)!
    return [processMessageSubscription('CORRELATED', subscription, messageKey, variables)]
  },
  CORRELATION_ACKNOWLEDGED: ({ subscription, messageKey, variables }) => [
    messageSubscription('CORRELATED', subscription, messageKey, variables),
  ],
  MESSAGE_SUBSCRIPTION_REJECTED: ({ key, messageKey, bpmnProcessId }, moment) => [
    rejected(moment, key, messageKey, bpmnProcessId),
  ],
  MESSAGE_SUBSCRIPTION_DELETED: ({ key }, { state }) => [
    processMessageSubscription('DELETING', state.subscriptions.get(key)!),
  ],
  SUBSCRIPTION_CLOSED: ({ subscription }) => [messageSubscription('DELETED', subscription)],
  CLOSE_ACKNOWLEDGED: ({ subscription }) => [processMessageSubscription('DELETED', subscription)],
  MESSAGE_SUBSCRIPTION_MIGRATED: ({ subscription }) => [processMessageSubscription('MIGRATED', subscription)],
  SUBSCRIPTION_MIGRATED: ({ subscription }) => [messageSubscription('MIGRATED', subscription)],
} satisfies Partial<RecordsOf>

export function messageSubscription(
  intent: string,
  subscription: Subscription,
  messageKey: Key = -1,
  variables: Variables = {},
): Draft {
  const value = {
    processInstanceKey: subscription.processInstanceKey,
    elementInstanceKey: subscription.elementInstanceKey,
    bpmnProcessId: subscription.bpmnProcessId,
    messageKey,
    messageName: subscription.messageName,
    correlationKey: subscription.correlationKey,
    interrupting: subscription.interrupting,
    variables,
    tenantId: defaultTenant,
  }
  return { valueType: 'MESSAGE_SUBSCRIPTION', intent, key: messageSubscriptionKey(subscription.key), value }
}

/** The subscription may be gone: its message is free for another instance of the process. */
function rejected({ state }: Moment, key: Key, messageKey: Key, bpmnProcessId: string): Draft {
  const subscription = state.subscriptions.get(key)
  const message = state.messages.get(messageKey)
  return messageSubscription(
    'REJECTED',
    subscription ?? {
      key,
      processInstanceKey: -1,
      elementInstanceKey: -1,
      targetElementId: '',
      bpmnProcessId,
      messageName: message?.name ?? '',
      correlationKey: message?.correlationKey ?? '',
      interrupting: true,
    },
    messageKey,
  )
}
