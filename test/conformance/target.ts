import type { ZeebeRecord } from '../../src/engine/records/record.ts'

/** An engine that scenarios are played on. */
export interface Target {
  readonly name: string
  /** `host:port` of its gateway. */
  readonly address: string
  /** Other scenarios are played on it as well: what one leaves behind is removed. */
  readonly shared?: boolean
  /** Every record from now on, until `signal` aborts it. */
  records(signal: AbortSignal): AsyncIterable<ZeebeRecord>
  /** Moves its clock forward by milliseconds. */
  advance(milliseconds: number): Promise<void>
  close(): Promise<void>
}
