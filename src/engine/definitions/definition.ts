import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { CatchDefinition, ElementModel, ThrowDefinition } from '../compile/model.ts'
import type { Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'

/** Where an event definition stands: it decides what is allowed. */
export type Place = 'start' | 'eventSubProcess' | 'intermediateCatch' | 'boundary' | 'intermediateThrow' | 'end'

/** An event definition in a file, the event that has it, and whether that one ends what it interrupts. */
export interface DefinedEvent {
  readonly node: Node
  readonly definition: Node
  readonly place: Place
  readonly interrupting: boolean
}

/** The real engine's words for an event subprocess that nothing, or something else, begins. */
export const beginsOtherwise =
  'Start events in event subprocesses must be one of: message, timer, error, signal or escalation'

/** Where a problem of an event definition is printed: with its id, or below the event's. */
export function placeIn({ node, definition }: DefinedEvent): string {
  if (definition.id !== undefined) return definition.id
  const [first = '', ...rest] = definition.$type.replace('bpmn:', '')
  return `${node.id} > ${first.toLowerCase()}${rest.join('')}`
}

/** What can take an event on for an element instance: the element itself, a boundary event on it, an event subprocess in it. */
export interface Catcher {
  /** The event that is triggered: for an event subprocess its start event. */
  readonly elementId: string
  readonly interrupting: boolean
  readonly event: CatchDefinition
  readonly place: Place
  /** The event subprocess that is begun. */
  readonly eventSubProcessId?: string
}

/** What an event waits for. */
export interface CatchType<Definition extends CatchDefinition> {
  /** Undefined, with a problem, where it is not executed. */
  compile(event: DefinedEvent, compiling: Compiling): Definition | undefined
  /** Evaluates what is waited for, in the scope of `host`, and gives what opens it. Absent for what is found by walking up the scopes. */
  watch?(run: Run, host: ElementInstance, catcher: Catcher, definition: Definition): () => void
}

/** What an event throws when it is activated. */
export interface ThrowType<Definition extends ThrowDefinition> {
  compile(event: DefinedEvent, compiling: Compiling): Definition | undefined
  /** Before its listeners' jobs. */
  enter?(run: Run, instance: ElementInstance, element: ElementModel): void
  activate(run: Run, instance: ElementInstance, element: ElementModel, definition: Definition): void
  /** Default: the output mappings are applied. */
  complete?(run: Run, instance: ElementInstance, element: ElementModel, definition: Definition): void
}
