import type { Inputs } from './inputs.ts'
import type { Run } from './run.ts'

/** A step and its surroundings: what it was given, the run it is in, and where it says what it does. */
export interface Step {
  readonly inputs: Inputs
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  /** Shown with `verbose: true`, or when the run is debugged. */
  readonly say: (text: string) => void
}
