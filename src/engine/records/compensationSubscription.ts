import type { Key } from '../key.ts'
import type { CompensationSubscription } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const compensationSubscriptionRecords = {
  COMPENSATION_SUBSCRIPTION_CREATED: ({ subscription }) => [subscriptionRecord('CREATED', subscription)],
  COMPENSATION_SUBSCRIPTION_MIGRATED: () => [],
  COMPENSATION_SUBSCRIPTION_TRIGGERED: ({ type, key, ...triggered }, moment) => [
    subscriptionRecord('TRIGGERED', { ...subscriptionAt(moment, key), ...triggered }),
  ],
  COMPENSATION_SUBSCRIPTION_COMPLETED: ({ key }, moment) => [
    subscriptionRecord('COMPLETED', subscriptionAt(moment, key)),
  ],
  COMPENSATION_SUBSCRIPTION_DELETED: ({ key }, moment) => [subscriptionRecord('DELETED', subscriptionAt(moment, key))],
} satisfies Partial<RecordsOf>

function subscriptionAt({ state }: Moment, key: Key): CompensationSubscription {
  return state.compensations.get(key)!
}

/** The real engine has a field for variables, and leaves it empty. */
function subscriptionRecord(intent: string, { key, ...subscription }: CompensationSubscription): Draft {
  const value = {
    tenantId: defaultTenant,
    throwEventId: '',
    throwEventInstanceKey: -1,
    compensationHandlerId: '',
    compensationHandlerInstanceKey: -1,
    variables: {},
    ...subscription,
  }
  return { valueType: 'COMPENSATION_SUBSCRIPTION', intent, key, value }
}
