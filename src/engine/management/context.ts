import type { Records } from '../records/recordLog.ts'
import type { Clock } from '../runtime/clock.ts'
import type { EngineLoad } from '../runtime/runtime.ts'
import type { PrometheusMeter } from './prometheusMeter.ts'

/** What the management port looks at, and moves. */
export interface Context {
  readonly engine: ManagedEngine
  readonly clock: Clock
  readonly meter: PrometheusMeter
}

export interface ManagedEngine {
  /** Whether commands can be executed, as far as is known. */
  readonly healthy: boolean
  readonly records: Records
  readonly load: EngineLoad
  /** Does what is due by now. */
  catchUp(): Promise<void>
}
