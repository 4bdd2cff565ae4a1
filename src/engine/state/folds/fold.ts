import type { EngineEvent } from '../../event.ts'
import type { State } from '../state.ts'

type OfType<Event, Type> = Event extends { type: string } ? (Type extends Event['type'] ? Event : never) : never

export type EventOf<Type extends EngineEvent['type']> = OfType<EngineEvent, Type>

/** What each type of event, or some of them, changes. */
export type FoldsOf<Type extends EngineEvent['type'] = EngineEvent['type']> = {
  readonly [Name in Type]: (state: State, event: EventOf<Name>) => void
}

/** Of an event that is told and changes nothing. */
export function nothing(): void {}
