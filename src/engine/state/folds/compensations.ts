import type { FoldsOf } from './fold.ts'

export const compensations = {
  COMPENSATION_SUBSCRIPTION_CREATED: (state, { subscription }) => state.compensations.put(subscription),
  COMPENSATION_SUBSCRIPTION_MIGRATED: (state, { subscription }) => state.compensations.put(subscription),
  COMPENSATION_SUBSCRIPTION_TRIGGERED: (state, { type, key, ...triggered }) =>
    state.compensations.put({ ...state.compensations.get(key)!, ...triggered }),
  COMPENSATION_SUBSCRIPTION_COMPLETED: (state, { key }) => state.compensations.delete(key),
  COMPENSATION_SUBSCRIPTION_DELETED: (state, { key }) => state.compensations.delete(key),
} satisfies Partial<FoldsOf>
