import type { Command } from '../command.ts'
import type { EngineEvent } from '../event.ts'
import type { Key } from '../key.ts'
import type { State } from '../state/state.ts'
import type { Notice } from './notice.ts'
import type { Draft } from './record.ts'

/** What a record is made of beside its event. */
export interface Moment {
  /** As it is before the event. */
  readonly state: State
  /** What is being decided. */
  readonly command: Command
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The process of an instance that is not in the state yet: its variables come first. */
  readonly processOf: (processInstanceKey: Key) => { key: Key; bpmnProcessId: string } | undefined
}

type Happening = EngineEvent | Notice

export type HappeningOf<Type extends Happening['type']> = Extract<Happening, { type: Type }>

/** The records of each type of event, or of some of them. */
export type RecordsOf<Type extends Happening['type'] = Happening['type']> = {
  readonly [Name in Type]: (happening: HappeningOf<Name>, moment: Moment) => readonly Draft[]
}
