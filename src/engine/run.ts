import { createHash } from 'node:crypto'
import { type Accepted, type FinishedInstance, type Key, keyBase, type Rejection } from './command.ts'
import type { ElementModel, ProcessModel } from './compile/model.ts'
import type { EngineEvent } from './event.ts'
import type { Meter } from './meter.ts'
import type { Notice } from './records/notice.ts'
import type { Recording } from './records/recording.ts'
import { countKey } from './state/countKey.ts'
import { evolve } from './state/evolve.ts'
import { bodyType, type DeployedProcessRow, type ElementInstance, type IncidentType } from './state/rows.ts'
import type { State } from './state/state.ts'
import type { Step } from './step.ts'

/**
 * What an element does in its life. `enter` and `activate` run when the instance is ACTIVATING, `complete` and `beforeCompleted` when it
 * is COMPLETING, with the listeners' jobs between them; all may raise an incident, and run again when that is resolved. A scope is asked
 * before a child that ends its path completes, and told when a child ended; `leave` undoes what only this element has when it is terminated.
 */
export interface Behaviour<Model extends ElementModel = ElementModel> {
  enter?(run: Run, instance: ElementInstance, element: Model): void
  activate(run: Run, instance: ElementInstance, element: Model): void
  complete(run: Run, instance: ElementInstance, element: Model): void
  beforeCompleted?(run: Run, instance: ElementInstance, element: Model): void
  leave?(run: Run, instance: ElementInstance): void
  /** It has completed, or was terminated, and is gone. */
  ended?(run: Run, instance: ElementInstance): void
  /** What comes after it when it has completed, instead of its outgoing flows. */
  goOn?(run: Run, instance: ElementInstance, element: Model): void
  beforeChildCompletes?(run: Run, scope: ElementInstance, element: Model, child: ElementInstance): ChildVerdict
  /** `verdict` is undefined when the child was terminated. */
  childEnded?(run: Run, scope: ElementInstance, element: Model, verdict: ChildVerdict | undefined): void
}

/** What a multi-instance body does after a child: all is done, or the next item is due, or neither. */
export type ChildVerdict = 'satisfied' | 'next' | 'wait'

/** One command being decided: the state with the events so far, and what is to be done next. */
export interface Run {
  readonly state: State
  readonly now: number
  readonly events: EngineEvent[]
  /** Where somebody measures. */
  readonly meter: Meter | undefined
  /** Where somebody wants records. */
  readonly recording: Recording | undefined
  /** The processes of the instances that began in this run: their variables come before they are in the state. */
  readonly begun: Map<Key, DeployedProcessRow>
  readonly steps: Step[]
  /** Steps that the real engine sends through its log: they come after all others. */
  readonly laterSteps: Step[]
  /** How far the queues have been read, and how many of the later steps were told to the records. */
  readonly taken: { steps: number; laterSteps: number; told: number }
  readonly finished: FinishedInstance[]
  readonly availableJobTypes: Set<string>
  readonly behaviourOf: (instance: ElementInstance, element: ElementModel) => Behaviour
  /** The items of the multi-instance bodies that were met in this run, with the variables of which they were made. */
  readonly items: Map<Key, { items: readonly unknown[]; reads: readonly unknown[] }>
  /** How often an element of a scope was entered in this run. */
  readonly visits: Map<Key, Map<string, number>>
  /** How many elements were entered, and items of output collections copied, since the command, or since the timer that fired last. */
  readonly entered: { count: number; collected: number }
  keys: number
  /** How many unique digits were asked for. */
  uniques: number
}

export function startRun(
  { state, now, behaviourOf, meter }: Pick<Run, 'state' | 'now' | 'behaviourOf'> & { meter?: Meter | undefined },
  startRecording?: (begun: Run['begun']) => Recording,
): Run {
  const begun: Run['begun'] = new Map()
  return {
    state,
    now,
    events: [],
    meter,
    recording: startRecording?.(begun),
    begun,
    steps: [],
    laterSteps: [],
    taken: { steps: 0, laterSteps: 0, told: 0 },
    finished: [],
    availableJobTypes: new Set(),
    behaviourOf,
    items: new Map(),
    visits: new Map(),
    entered: { count: 0, collected: 0 },
    keys: state.counter,
    uniques: 0,
  }
}

/** Appends an event, and folds it into the state that the run sees. */
export function emit(run: Run, event: EngineEvent): void {
  run.recording?.record(event)
  run.meter?.happened(event, run.state, run.now)
  run.events.push(event)
  evolve(run.state, event)
}

/** What is done next, after all that is queued: the real engine's command to itself. */
export function queue(run: Run, step: Step): void {
  run.recording?.queued(step)
  run.steps.push(step)
}

/** Tells the records, where somebody wants them, what changes nothing in the state. */
export function note(run: Run, notice: Notice): void {
  if (run.recording === undefined) return
  run.recording.record(notice)
  if ('key' in notice) countKey(run.state, notice.key)
}

/** The same, when the real engine's messages to itself have arrived. */
export function noteLater(run: Run, ...notices: Notice[]): void {
  if (run.recording !== undefined && notices.length > 0) run.laterSteps.push({ type: 'note', notices })
}

export function nextKey(run: Run): Key {
  run.keys += 1
  return keyBase + run.keys
}

/** 32 hexadecimal digits that no other engine and no other step of this one has: of its id and its keys, for deciding knows no chance. */
export function uniqueDigits(run: Run): string {
  run.uniques += 1
  const seed = `${run.state.engineId} ${run.now} ${run.state.counter} ${run.keys} ${run.uniques}`
  return createHash('sha256').update(seed).digest('hex').slice(0, 32)
}

export function accepted(run: Run, response: Accepted['response']): Accepted {
  const { events, availableJobTypes, finished, recording } = run
  // A poll that found nothing leaves no trace.
  const records = response.type === 'ActivateJobs' && events.length === 0 ? undefined : recording?.end()
  return { events, response, availableJobTypes, finished, ...(records && { records }) }
}

/** The command is refused: thrown, so that it can be from anywhere; what was done so far is taken back. */
export class Rejected extends Error {
  readonly rejection: Rejection

  constructor(
    code: Rejection['code'],
    command: string,
    reason: string,
    word: string = code,
    recorded: Pick<Rejection, 'recordedAs'> = {},
  ) {
    super(reason)
    this.rejection = { code, message: `Command '${command}' rejected with code '${word}': ${reason}`, ...recorded }
  }
}

/** An element cannot go on: thrown out of a step, which then ends with an incident. */
export class IncidentRaised extends Error {
  readonly incidentType: IncidentType
  readonly scopeKey: Key | undefined

  constructor(incidentType: IncidentType, message: string, scopeKey?: Key) {
    super(message)
    this.incidentType = incidentType
    this.scopeKey = scopeKey
  }
}

export function modelOf(run: Run, instance: ElementInstance): ProcessModel {
  return run.state.models.get(instance.processDefinitionKey)!
}

export function elementOf(run: Run, instance: ElementInstance): ElementModel {
  return modelOf(run, instance).elements.get(instance.elementId)!
}

/** The row as it is now: rows are immutable, and a step changes them. */
export function current(run: Run, instance: ElementInstance): ElementInstance {
  return run.state.elements.get(instance.key)!
}

/** One of the instances in a multi-instance body. */
export function isInner(run: Run, instance: ElementInstance): boolean {
  return run.state.elements.get(instance.scopeKey)?.elementType === bodyType
}
