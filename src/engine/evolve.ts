import type { EngineEvent } from './event.ts'
import type { State } from './state.ts'

/** Folds an event into the state. */
export function evolve(_state: State, _event: EngineEvent): void {
  throw new Error('not there yet')
}
