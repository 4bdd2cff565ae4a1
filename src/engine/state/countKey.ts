import { type Key, keyBase } from '../key.ts'
import type { State } from './state.ts'

/** Keys come from one counter: the highest that an event carries was the last one given out. */
export function countKey(state: State, key: Key): void {
  if (key - keyBase > state.counter) state.counter = key - keyBase
}
