import type { DecisionRequirements } from '../../dmn/model.ts'
import type { Expression } from '../../feel/expression.ts'

/** A resource of a deployment, compiled. `problems`, where there are any, are in the words of the real engine's rejection. */
export interface CompiledResource {
  name: string
  content: string
  /** Of a BPMN file: its processes. */
  models: readonly ProcessModel[]
  /** Of a DMN file. */
  decisions?: DecisionRequirements
  form?: FormModel
  problems?: string
}

/** What a form says of itself; the engine keeps the rest as it is. */
export interface FormModel {
  id: string
  versionTag?: string
}

/** A process as it is executed: derived from its XML, never stored. */
export interface ProcessModel {
  bpmnProcessId: string
  versionTag?: string
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

/** Each kind is executed by the file of its name in `elements/`. */
export type ElementModel =
  | ProcessElement
  | SubProcess
  | EventSubProcess
  | StartEvent
  | EndEvent
  | IntermediateCatchEvent
  | IntermediateThrowEvent
  | BoundaryEvent
  | JobWorkerElement
  | Task
  | ReceiveTask
  | CallActivity
  | ScriptTask
  | BusinessRuleTask
  | UserTask
  | ExclusiveGateway
  | InclusiveGateway
  | ParallelGateway
  | EventBasedGateway

/** What every element has. `type` is Zeebe's name (BpmnElementType); `scopeId` the element it lies in. */
export interface BaseElement {
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
  listeners?: Listeners
}

/** Execution listeners: before it is active, and before it is completed. */
export interface Listeners {
  start: readonly Listener[]
  end: readonly Listener[]
}

export interface Listener {
  jobType: Expression
  retries: Expression
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

/** An element in which others lie. `eventSubProcesses`: the ids of those in it, in the order of the document. */
export interface Scope extends BaseElement {
  eventSubProcesses: readonly string[]
}

/** `startEventId`: its none start event. A process may have start events that wait for something besides, or only those. */
export interface ProcessElement extends Scope {
  kind: 'process'
  startEventId?: string
  startEvents: readonly StartEvent[]
}

export interface SubProcess extends Scope {
  kind: 'subProcess'
  startEventId: string
}

/** Its one start event says what begins it. */
export interface EventSubProcess extends Scope {
  kind: 'eventSubProcess'
  startEventId: string
}

/** `event`: what begins a process or an event subprocess; none for one that a token begins. */
export interface StartEvent extends BaseElement {
  kind: 'startEvent'
  event?: CatchDefinition
  /** In an event subprocess: it ends what else runs in the scope. */
  interrupting: boolean
}

export interface EndEvent extends BaseElement {
  kind: 'endEvent'
  event: ThrowDefinition
}

export interface IntermediateCatchEvent extends BaseElement {
  kind: 'intermediateCatchEvent'
  event: CatchDefinition
  /** An event-based gateway waits for it. */
  awaitedByGateway: boolean
}

export interface IntermediateThrowEvent extends BaseElement {
  kind: 'intermediateThrowEvent'
  event: ThrowDefinition
}

export interface BoundaryEvent extends BaseElement {
  kind: 'boundaryEvent'
  attachedToId: string
  interrupting: boolean
  event: CatchDefinition
}

/** What is done by a job worker: tasks, and events that throw a message. */
export interface JobWorkerElement extends BaseElement {
  kind: 'serviceTask'
  jobType: Expression
  retries: Expression
  headers: Readonly<Record<string, string>>
  /** Of a user task: they become headers, too. */
  userTask?: UserTaskProperties
}

/** Who does a user task, until when, and with which form. */
export interface UserTaskProperties {
  assignee?: Expression
  candidateGroups?: Expression
  candidateUsers?: Expression
  dueDate?: Expression
  followUpDate?: Expression
  form?: FormReference
  externalFormReference?: Expression
  /** From 0 to 100. */
  priority?: Expression
}

/** A form that is deployed. */
export interface FormReference {
  formId: Expression
  binding: Binding
}

/** One that the engine has itself. */
export interface UserTask extends BaseElement {
  kind: 'userTask'
  properties: UserTaskProperties
  headers: Readonly<Record<string, string>>
}

/** An undefined or a manual task: nobody has to do anything. */
export interface Task extends BaseElement {
  kind: 'task'
}

/** One whose script the engine evaluates. */
export interface ScriptTask extends BaseElement {
  kind: 'scriptTask'
  expression: Expression
  resultVariable: string
}

/** One whose decision the engine evaluates. */
export interface BusinessRuleTask extends BaseElement {
  kind: 'businessRuleTask'
  decisionId: Expression
  resultVariable: string
  binding: Binding
}

/** Which version of another resource is meant: its latest, the one that was deployed together with the process, or the latest of those with a tag. */
export type Binding = { type: 'latest' } | { type: 'deployment' } | { type: 'versionTag'; versionTag: string }

export interface ReceiveTask extends BaseElement {
  kind: 'receiveTask'
  event: MessageDefinition
}

/** Runs another process. `processId`: which, by its id; `binding`: which version of it. */
export interface CallActivity extends BaseElement {
  kind: 'callActivity'
  processId: Expression
  binding: Binding
  propagateAllChildVariables: boolean
  propagateAllParentVariables: boolean
}

export interface ExclusiveGateway extends BaseElement {
  kind: 'exclusiveGateway'
  defaultFlowId?: string
}

export interface InclusiveGateway extends BaseElement {
  kind: 'inclusiveGateway'
  defaultFlowId?: string
}

export interface ParallelGateway extends BaseElement {
  kind: 'parallelGateway'
}

/** It waits for what the catch events wait for to which its outgoing flows lead. */
export interface EventBasedGateway extends BaseElement {
  kind: 'eventBasedGateway'
}

/** What an event waits for; each is a file in `definitions/`. */
export type CatchDefinition =
  | MessageDefinition
  | TimerDefinition
  | SignalDefinition
  | ErrorDefinition
  | EscalationDefinition
  | LinkDefinition
  | CompensationDefinition

/** `correlationKey`: none where the message starts a process. */
export interface MessageDefinition {
  type: 'message'
  name: Expression
  correlationKey: Expression
}

export interface SignalDefinition {
  type: 'signal'
  name: Expression
}

export interface TimerDefinition {
  type: 'timer'
  kind: 'date' | 'duration' | 'cycle'
  expression: Expression
}

/** Without a code it catches every error. */
export interface ErrorDefinition {
  type: 'error'
  errorCode?: string
}

/** An empty code catches every escalation; without one it catches none. */
export interface EscalationDefinition {
  type: 'escalation'
  escalationCode?: string
}

/** It waits for nothing: a link that throws leads there. */
export interface LinkDefinition {
  type: 'link'
}

/** On an activity: what compensates it. */
export interface CompensationDefinition {
  type: 'compensation'
  handlerId?: string
}

/** What an event throws. `activityId`: the one that is compensated, instead of all in the scope. `targetId`: the catch event that a link leads to. */
export type ThrowDefinition =
  | { type: 'none' }
  | { type: 'terminate' }
  | { type: 'signal'; name: Expression }
  | { type: 'error'; errorCode: Expression }
  | { type: 'escalation'; escalationCode: Expression }
  | { type: 'compensation'; activityId?: string }
  | { type: 'link'; targetId: string }
