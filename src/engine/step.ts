import type { Key, Variables } from './key.ts'
import type { Notice } from './records/notice.ts'
import type { ElementInstance, EventTrigger } from './state/rows.ts'

/** What is still to be done for a command, one step after the other: the real engine's follow-up commands. */
export type Step =
  | ActivateStep
  | { type: 'begin'; instance: ElementInstance }
  | { type: 'complete'; key: Key }
  /** The next instances of a parallel multi-instance body: a step of its own, as on the real engine, so that what was on its way before comes first. */
  | { type: 'activateInstances'; key: Key; batchKey: Key; elementId: string; from: number; count: number }
  | { type: 'terminate'; key: Key }
  /** All that runs in a scope then; `batchKey`: of the real engine's command. */
  | { type: 'terminateChildren'; scopeKey: Key; batchKey: Key }
  /** A listener's job was done; `eventKey` and `variables`: what it brought. */
  | { type: 'listened'; key: Key; eventKey: Key; variables: Variables }
  /** `correlated`: it was open already, and took this message. */
  | { type: 'openSubscription'; key: Key; correlated?: { messageKey: Key; variables: Variables } }
  | CorrelateStep
  | { type: 'broadcast'; key: Key; signalName: string; variables: Variables }
  /** For the records only: the first of them now, the next in a step of its own. */
  | { type: 'note'; notices: readonly Notice[] }

export interface CorrelateStep {
  type: 'correlate'
  subscriptionKey: Key
  bpmnProcessId: string
  messageKey: Key
  variables: Variables
}

export interface ActivateStep {
  type: 'activate'
  key: Key
  elementId: string
  scopeKey: Key
  /** The flow that the token came by, or the event whose link led here. */
  flowId?: string
  /** An instance in a multi-instance body: its number, from 1. */
  loopCounter?: number
  /** It compensates an activity. */
  compensates?: boolean
  /** What begins it: an event subprocess. */
  trigger?: EventTrigger
}
