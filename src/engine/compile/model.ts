import type { Expression } from '../../feel/expression.ts'

/** A resource of a deployment, compiled. `problems`, where there are any, are in the words of the real engine's rejection. */
export interface CompiledResource {
  name: string
  content: string
  models: readonly ProcessModel[]
  problems?: string
}

/** A process as it is executed: derived from its XML, never stored. */
export interface ProcessModel {
  bpmnProcessId: string
  /** Hex SHA-256 of the resource that it came from. */
  checksum: string
  elements: ReadonlyMap<string, ElementModel>
  flows: ReadonlyMap<string, SequenceFlow>
  process: ProcessElement
}

export interface SequenceFlow {
  id: string
  sourceId: string
  targetId: string
  condition?: Expression
}

export type ElementModel =
  | ProcessElement
  | SubProcess
  | StartEvent
  | EndEvent
  | JobTask
  | ReceiveTask
  | PassElement
  | ExclusiveGateway
  | ParallelGateway
  | CatchEvent
  | BoundaryEvent

/** What every element has. `type` is Zeebe's name (BpmnElementType); `scopeId` the element it lies in. */
interface BaseElement {
  id: string
  type: string
  scopeId: string
  incoming: readonly string[]
  outgoing: readonly string[]
  inputs: readonly Mapping[]
  outputs: readonly Mapping[]
  /** Ids of the boundary events on it, in the order of the document. */
  boundaryEvents: readonly string[]
  multiInstance?: MultiInstance
}

export interface Mapping {
  source: Expression
  /** A path: `a.b.c` builds objects. */
  target: readonly string[]
}

export interface MultiInstance {
  sequential: boolean
  inputCollection: Expression
  inputElement?: string
  outputCollection?: string
  outputElement?: Expression
  completionCondition?: Expression
}

/** `startEventId`: its none start event. A process may have message start events besides, or only those. */
export interface ProcessElement extends BaseElement {
  kind: 'process'
  startEventId?: string
  messageStartEvents: readonly StartEvent[]
}

export interface SubProcess extends BaseElement {
  kind: 'subProcess'
  startEventId: string
}

export interface StartEvent extends BaseElement {
  kind: 'startEvent'
  message?: { name: Expression }
}

export interface EndEvent extends BaseElement {
  kind: 'endEvent'
  event: { type: 'none' } | { type: 'terminate' } | { type: 'error'; errorCode: Expression }
}

export interface JobTask extends BaseElement {
  kind: 'jobTask'
  jobType: Expression
  retries: Expression
  headers: Readonly<Record<string, string>>
}

export interface MessageDefinition {
  name: Expression
  correlationKey: Expression
}

export interface ReceiveTask extends BaseElement {
  kind: 'receiveTask'
  message: MessageDefinition
}

/** Passes its token on: an undefined or manual task, a none intermediate throw event. */
export interface PassElement extends BaseElement {
  kind: 'pass'
}

export interface ExclusiveGateway extends BaseElement {
  kind: 'exclusiveGateway'
  defaultFlowId?: string
}

export interface ParallelGateway extends BaseElement {
  kind: 'parallelGateway'
}

export type TimerDefinition = { kind: 'date' | 'duration' | 'cycle'; expression: Expression }

export interface CatchEvent extends BaseElement {
  kind: 'catchEvent'
  event: { type: 'message'; message: MessageDefinition } | { type: 'timer'; timer: TimerDefinition }
}

export interface BoundaryEvent extends BaseElement {
  kind: 'boundaryEvent'
  attachedToId: string
  interrupting: boolean
  event:
    | { type: 'message'; message: MessageDefinition }
    | { type: 'timer'; timer: TimerDefinition }
    /** Without a code it catches every error. */
    | { type: 'error'; errorCode?: string }
}
