import type { FoldsOf } from './fold.ts'

export const timers = {
  TIMER_CREATED: (state, { timer }) => state.timers.put(timer),
  TIMER_MIGRATED: (state, { timer }) => state.timers.put(timer),
  TIMER_TRIGGERED: (state, { key }) => state.timers.delete(key),
  TIMER_CANCELED: (state, { key }) => state.timers.delete(key),
} satisfies Partial<FoldsOf>
