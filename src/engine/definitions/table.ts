import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { CatchDefinition, ThrowDefinition } from '../compile/model.ts'
import { compensationCatch, compensationThrow } from './compensation.ts'
import {
  beginsOtherwise,
  type CatchType,
  type DefinedEvent,
  type Place,
  placeIn,
  type ThrowType,
} from './definition.ts'
import { errorCatch, errorThrow } from './error.ts'
import { escalationCatch, escalationThrow } from './escalation.ts'
import { linkCatch, linkThrow } from './link.ts'
import { messageCatch } from './message.ts'
import { noneThrow } from './none.ts'
import { signalCatch, signalThrow } from './signal.ts'
import { terminateThrow } from './terminate.ts'
import { timerCatch } from './timer.ts'

/** Which file catches which event definition, in the order in which the real engine opens what is waited for. */
const catchTypes: { [Type in CatchDefinition['type']]: CatchType<Extract<CatchDefinition, { type: Type }>> } = {
  message: messageCatch,
  timer: timerCatch,
  signal: signalCatch,
  error: errorCatch,
  escalation: escalationCatch,
  link: linkCatch,
  compensation: compensationCatch,
}

/** Which file throws which. */
const throwTypes: { [Type in ThrowDefinition['type']]: ThrowType<Extract<ThrowDefinition, { type: Type }>> } = {
  none: noneThrow,
  error: errorThrow,
  escalation: escalationThrow,
  link: linkThrow,
  compensation: compensationThrow,
  signal: signalThrow,
  terminate: terminateThrow,
}

export const catchOrder = Object.keys(catchTypes) as CatchDefinition['type'][]

export function catchTypeOf({ type }: CatchDefinition): CatchType<CatchDefinition> {
  return catchTypes[type] as CatchType<CatchDefinition>
}

export function throwTypeOf({ type }: ThrowDefinition): ThrowType<ThrowDefinition> {
  return throwTypes[type] as ThrowType<ThrowDefinition>
}

/** What an event waits for; undefined, with a problem, for what is not executed there. */
export function compileCatch(
  event: DefinedEvent,
  allowed: readonly CatchDefinition['type'][],
  compiling: Compiling,
): CatchDefinition | undefined {
  const type = allowed.find((candidate) => candidate === nameOf(event.definition))
  return type === undefined ? unsupported(event, compiling) : catchTypes[type].compile(event, compiling)
}

/** What an event throws; undefined, with a problem, for what is not executed there. */
export function compileThrow(
  event: DefinedEvent,
  allowed: readonly ThrowDefinition['type'][],
  compiling: Compiling,
): ThrowDefinition | undefined {
  const type = allowed.find((candidate) => candidate === nameOf(event.definition))
  return type === undefined ? unsupported(event, compiling) : throwTypes[type].compile(event, compiling)
}

/** The event definition; more than one is a problem, none is undefined. */
export function onlyDefinition(node: Node, { problems }: Compiling): Node | undefined {
  const definitions = node.eventDefinitions ?? []
  if (definitions.length > 1) problems.add(node.id ?? '', moreThanOne[node.$type] ?? exactlyOne)
  return definitions[0]
}

export const exactlyOne = 'Must have exactly one event definition'

const moreThanOne: Readonly<Record<string, string | undefined>> = {
  'bpmn:StartEvent': "Start event can't have more than one type",
  'bpmn:EndEvent': 'Must have at most one event definition',
}

/** `bpmn:MessageEventDefinition` is `message`; of compensation the verb is in the file. */
function nameOf({ $type }: Node): string {
  const name = $type.replace(/^bpmn:(.*)EventDefinition$/, '$1')
  return name === 'Compensate' ? 'compensation' : `${name[0]?.toLowerCase()}${name.slice(1)}`
}

/** What the real engine refuses is told in its words, by place; what it executes and this one does not, in ours. */
function unsupported(event: DefinedEvent, { problems }: Compiling): undefined {
  const { node, definition, place } = event
  const isBegin = place === 'eventSubProcess'
  const at = (isBegin ? node.$parent?.id : node.id) ?? node.$type
  const known = knownThere[place]
  const name = nameOf(definition)
  if (known !== undefined && !known.types.includes(name)) problems.add(at, known.problem)
  else {
    const type = definition.$type.replace('bpmn:', '')
    problems.add(at, `Event definition of type '${type}' is not supported here by this engine`)
  }
  if (!knownAnywhere.includes(name)) problems.add(placeIn(event), 'Event definition of this type is not supported')
}

const knownAnywhere = ['message', 'timer', 'error', 'terminate', 'signal', 'link', 'escalation', 'compensation']

const knownThere: Partial<Record<Place, { types: readonly string[]; problem: string }>> = {
  boundary: {
    types: ['timer', 'message', 'error', 'signal', 'escalation', 'compensation'],
    problem: 'Boundary events must be one of: timer, message, error, signal, escalation',
  },
  end: {
    types: ['error', 'message', 'terminate', 'signal', 'escalation', 'compensation'],
    problem: 'End events must be one of: none, error, message, terminate, signal, escalation or compensation',
  },
  intermediateCatch: {
    types: ['message', 'timer', 'signal', 'link'],
    problem: 'Event definition must be one of: message, timer, signal, or link',
  },
  eventSubProcess: { types: ['timer', 'message', 'error', 'signal', 'escalation'], problem: beginsOtherwise },
}
