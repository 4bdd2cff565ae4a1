import { type FoldsOf, nothing } from './fold.ts'

export const signals = {
  SIGNAL_BROADCASTED: nothing,
  SIGNAL_SUBSCRIPTION_CREATED: (state, { subscription }) => state.signalSubscriptions.put(subscription),
  SIGNAL_SUBSCRIPTION_MIGRATED: (state, { subscription }) => state.signalSubscriptions.put(subscription),
  SIGNAL_SUBSCRIPTION_DELETED: (state, { key }) => state.signalSubscriptions.delete(key),
} satisfies Partial<FoldsOf>
