import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { CatchDefinition, ThrowDefinition } from '../compile/model.ts'
import type { CatchType, DefinedEvent, ThrowType } from './definition.ts'
import { errorCatch, errorThrow } from './error.ts'
import { escalationCatch, escalationThrow } from './escalation.ts'
import { linkCatch, linkThrow } from './link.ts'
import { messageCatch } from './message.ts'
import { noneThrow } from './none.ts'
import { terminateThrow } from './terminate.ts'
import { timerCatch } from './timer.ts'

/** Which file catches which event definition, in the order in which the real engine opens what is waited for. */
const catchTypes: { [Type in CatchDefinition['type']]: CatchType<Extract<CatchDefinition, { type: Type }>> } = {
  message: messageCatch,
  timer: timerCatch,
  error: errorCatch,
  escalation: escalationCatch,
  link: linkCatch,
}

/** Which file throws which. */
const throwTypes: { [Type in ThrowDefinition['type']]: ThrowType<Extract<ThrowDefinition, { type: Type }>> } = {
  none: noneThrow,
  error: errorThrow,
  escalation: escalationThrow,
  link: linkThrow,
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
  if (definitions.length > 1) problems.add(node.id ?? '', 'Must have exactly one event definition')
  return definitions[0]
}

/** `bpmn:MessageEventDefinition` is `message`. */
function nameOf({ $type }: Node): string {
  const name = $type.replace(/^bpmn:(.*)EventDefinition$/, '$1')
  return `${name[0]?.toLowerCase()}${name.slice(1)}`
}

function unsupported({ node, definition }: DefinedEvent, { problems }: Compiling): undefined {
  const type = definition.$type.replace('bpmn:', '')
  problems.add(node.id ?? node.$type, `Event definition of type '${type}' is not supported here by this engine`)
}
