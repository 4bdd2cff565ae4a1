import type { EngineEvent } from '../event.ts'
import { enginePath } from '../state/paths.ts'
import type { State } from '../state/state.ts'
import type { Step } from '../step.ts'
import { commandRecord } from './commandRecord.ts'
import { followUpCommand } from './followUp.ts'
import type { Moment } from './mapping.ts'
import type { Notice } from './notice.ts'
import { brokerVersion, type Draft, type Drafts, type ZeebeRecord } from './record.ts'
import { recordsOf } from './recordsOf.ts'

/** The records of one decision as they come about. */
export class Recording {
  readonly #drafts: Draft[] = []
  readonly #moment: Moment

  constructor(moment: Moment) {
    this.#moment = moment
    this.#add(commandRecord(moment.command))
  }

  /** Before the state changes. */
  record(happening: EngineEvent | Notice): void {
    for (const draft of recordsOf(happening, this.#moment)) this.#drafts.push(draft)
  }

  /** What is queued, and not done yet. */
  queued(step: Step): void {
    const draft = followUpCommand(step, this.#moment)
    if (draft !== undefined) this.#drafts.push({ ...draft, recordType: 'COMMAND' })
  }

  /** `refusal`: instead of what happened, which was taken back. */
  end(refusal?: Draft): Drafts {
    if (refusal !== undefined) this.#drafts.splice(1, Number.POSITIVE_INFINITY, refusal)
    const { now, command } = this.#moment
    return { drafts: this.#drafts, timestamp: now, operationReference: command.operationReference ?? -1 }
  }

  #add(draft: Draft | undefined): void {
    if (draft !== undefined) this.#drafts.push(draft)
  }
}

/** Gives the records of a decision that is kept their positions, which the engine's document counts. */
export function numbered(state: State, { drafts, timestamp, operationReference }: Drafts): ZeebeRecord[] {
  const first = state.position + 1
  let source = -1
  state.position += drafts.length
  if (drafts.length > 0) state.touched.add(enginePath)
  return drafts.map((draft, index) => {
    const position = first + index
    const sourceRecordPosition = draft.isSource ? -1 : source
    if (draft.isSource) source = position
    return {
      partitionId: 1,
      value: draft.value,
      key: draft.key,
      timestamp,
      valueType: draft.valueType,
      brokerVersion,
      recordVersion: draft.recordVersion ?? 1,
      sourceRecordPosition,
      intent: draft.intent,
      recordType: draft.recordType ?? 'EVENT',
      rejectionType: draft.rejectionType ?? 'NULL_VAL',
      rejectionReason: draft.rejectionReason ?? '',
      authorizations: {},
      position,
      operationReference,
    }
  })
}
