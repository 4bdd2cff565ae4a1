import type { EngineEvent } from './event.ts'
import type { State } from './state/state.ts'

/** Is told what an engine does, where somebody measures it. It is asked often, and should take little time. */
export interface Meter {
  /** Before the event changes the state. `now`: the engine's clock. */
  happened(event: EngineEvent, state: State, now: number): void
  /** Commands that become durable together begin to be decided; gives what is to be told when they are durable: how many. */
  deciding(): (commands: number) => void
  /** A client called; gives what is to be told when it has its answer: the status' name. */
  called(call: { service: string; method: string; type: 'UNARY' | 'SERVER_STREAMING' }): (code: string) => void
}
