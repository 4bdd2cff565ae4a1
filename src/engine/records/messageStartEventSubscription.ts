import { messageAt } from '../state/keptMessages.ts'
import type { StartSubscription } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const messageStartEventSubscriptionRecords = {
  MESSAGE_START_EVENT_SUBSCRIPTION_CREATED: ({ subscription }) => [record('CREATED', subscription)],
  MESSAGE_START_EVENT_SUBSCRIPTION_DELETED: ({ key }, { state }) => [
    record('DELETED', state.startSubscriptions.get(key)!),
  ],
  MESSAGE_START_EVENT_SUBSCRIPTION_CORRELATED: ({ key, messageKey, processInstanceKey }, { state }) => {
    const { correlationKey = '', variables = {} } = messageAt(state, messageKey) ?? {}
    const started = { processInstanceKey, messageKey, correlationKey, variables }
    return [record('CORRELATED', state.startSubscriptions.get(key)!, started)]
  },
} satisfies Partial<RecordsOf>

function record(intent: string, subscription: StartSubscription, started: Value = {}): Draft {
  const value = {
    processDefinitionKey: subscription.processDefinitionKey,
    messageName: subscription.messageName,
    startEventId: subscription.startEventId,
    bpmnProcessId: subscription.bpmnProcessId,
    processInstanceKey: -1,
    messageKey: -1,
    correlationKey: '',
    variables: {},
    tenantId: defaultTenant,
    ...started,
  }
  return { valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION', intent, key: subscription.key, value }
}
