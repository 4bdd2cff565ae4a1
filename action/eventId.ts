import { digestOf } from '../src/events/digest.ts'

/** What makes a step's event this one and no other; a re-run of the same run repeats it. */
export interface StepIdentity {
  readonly runId: string
  readonly job: string
  readonly jobIndex: string
  readonly step: string
  /** The inputs except tokens and the way to the engine. */
  readonly inputs: Readonly<Record<string, string>>
}

/** The id of an event that brought none: a digest of the run (not its attempt), job, matrix index, step and inputs. */
export function runEventId({ runId, job, jobIndex, step, inputs }: StepIdentity): string {
  return digestOf({ run: runId, job, index: jobIndex, step, inputs })
}

/** The id of an operation in a run whose event has an id: that id and a digest of step and inputs, so that two steps do not collide. */
export function operationEventId(eventId: string, { step, inputs }: StepIdentity): string {
  return `${eventId}-${digestOf({ step, inputs })}`
}
