import type { Result } from './cell.ts'
import type { Machine } from './machine.ts'

/** All that one run of the benchmark found out; what is kept as JSON. */
export interface Run {
  /** ISO 8601 UTC. */
  readonly time: string
  /** `node`'s arguments behind the file's name. */
  readonly flags: readonly string[]
  readonly commit: string
  readonly machine: Machine
  readonly results: readonly Result[]
}
