import type { SignalSubscription } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const signalSubscriptionRecords = {
  SIGNAL_SUBSCRIPTION_CREATED: ({ subscription }) => [record('CREATED', subscription)],
  SIGNAL_SUBSCRIPTION_DELETED: ({ key }, { state }) => [record('DELETED', state.signalSubscriptions.get(key)!)],
  SIGNAL_SUBSCRIPTION_MIGRATED: ({ subscription }) => [record('MIGRATED', subscription)],
} satisfies Partial<RecordsOf>

function record(intent: string, subscription: SignalSubscription): Draft {
  const { key, processDefinitionKey, bpmnProcessId, signalName, catchEventId, catchEventInstanceKey } = subscription
  const of = { processDefinitionKey, bpmnProcessId, signalName, catchEventId, catchEventInstanceKey }
  return { valueType: 'SIGNAL_SUBSCRIPTION', intent, key, value: { ...of, tenantId: defaultTenant } }
}
