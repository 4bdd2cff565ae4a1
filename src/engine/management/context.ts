import type { Clock } from '../clock.ts'
import type { Records } from '../records/recordLog.ts'

/** What the management port looks at, and moves. */
export interface Context {
  readonly engine: ManagedEngine
  readonly clock: Clock
}

export interface ManagedEngine {
  /** Whether commands can be executed, as far as is known. */
  readonly healthy: boolean
  readonly records: Records
  /** Does what is due by now. */
  catchUp(): Promise<void>
}
