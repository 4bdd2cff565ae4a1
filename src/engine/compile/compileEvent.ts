import { messageOf as wordsOf } from '../../errors.ts'
import type { Expression } from '../../feel/expression.ts'
import { checkStaticTimer } from '../timers.ts'
import { extension, type Node } from './moddle.ts'
import type { BoundaryEvent, CatchEvent, MessageDefinition, StartEvent, TimerDefinition } from './model.ts'
import type { Problems } from './problems.ts'

/** What an intermediate catch event waits for; undefined, with a problem, for what is not executed. */
export function catchEventOf(node: Node, problems: Problems): CatchEvent['event'] | undefined {
  const id = node.id ?? ''
  const definition = onlyDefinition(node, problems)
  if (definition === undefined) {
    problems.add(id, 'Must have exactly one event definition')
    return undefined
  }
  if (definition.$type === 'bpmn:MessageEventDefinition') {
    return { type: 'message', message: messageOf(id, definition.messageRef, problems) }
  }
  if (definition.$type !== 'bpmn:TimerEventDefinition') return unsupported(node, definition, problems)
  if (definition.timeCycle !== undefined) {
    problems.add(id, 'Intermediate timer catch event must have either a time duration or a time date.')
  }
  return { type: 'timer', timer: timerOf(id, definition, problems) }
}

export function compileBoundaryEvent(
  node: Node,
  base: Omit<StartEvent, 'kind' | 'message'>,
  problems: Problems,
): BoundaryEvent | undefined {
  const definition = onlyDefinition(node, problems)
  const attachedToId = node.attachedToRef?.id
  if (attachedToId === undefined) problems.add(base.id, 'Must be attached to an activity')
  if (!/Task$|SubProcess$|CallActivity$/.test(node.attachedToRef?.$type ?? 'Task')) {
    problems.add(base.id, `Must be attached to an activity, not to ${node.attachedToRef?.$type.replace('bpmn:', '')}`)
  }
  if (base.outgoing.length === 0) problems.add(base.id, 'Must have at least one outgoing sequence flow or association')
  if (base.incoming.length > 0) problems.add(base.id, 'Must not have incoming sequence flows')
  if (definition === undefined) {
    problems.add(base.id, 'Must have exactly one event definition')
    return undefined
  }
  const event = boundaryEventOf(node, definition, base.id, problems)
  const interrupting = node.cancelActivity !== false
  return event && { ...base, kind: 'boundaryEvent', attachedToId: attachedToId ?? '', interrupting, event }
}

function boundaryEventOf(
  node: Node,
  definition: Node,
  id: string,
  problems: Problems,
): BoundaryEvent['event'] | undefined {
  switch (definition.$type) {
    case 'bpmn:MessageEventDefinition':
      return { type: 'message', message: messageOf(id, definition.messageRef, problems) }
    case 'bpmn:TimerEventDefinition':
      if (definition.timeCycle !== undefined && node.cancelActivity !== false) {
        problems.add(id, 'Interrupting timer event with time cycle is not allowed.')
      }
      return { type: 'timer', timer: timerOf(id, definition, problems) }
    case 'bpmn:ErrorEventDefinition': {
      if (node.cancelActivity === false) problems.add(id, 'Non-Interrupting event of this type is not allowed')
      const errorCode = definition.errorRef?.errorCode
      if (errorCode?.startsWith('=')) {
        problems.add(id, 'The error code of a catch event must be static, not an expression')
      }
      return { type: 'error', ...(errorCode && { errorCode }) }
    }
    default:
      return unsupported(node, definition, problems)
  }
}

/** The message that an event or a receive task waits for, with the key that it must bring. */
export function messageOf(id: string, message: Node | undefined, problems: Problems): MessageDefinition {
  const name = messageNameOf(id, message, problems)
  const at = message?.id ?? id
  const subscription = message && extension(message, 'zeebe:Subscription')
  if (message !== undefined && subscription === undefined) {
    problems.add(at, 'Must have exactly one zeebe:subscription extension element')
  }
  const key = subscription === undefined ? '=null' : subscription.correlationKey
  return { name, correlationKey: problems.feel(`${at} > extensionElements > subscription`, key) }
}

export function messageNameOf(id: string, message: Node | undefined, problems: Problems): Expression {
  if (message === undefined) problems.add(id, 'Must reference a message')
  else if (!message.name) problems.add(message.id ?? id, 'Name must be present and not empty')
  return problems.expression(message?.id ?? id, message?.name || '-')
}

/** The event definition; more than one is a problem, none is undefined. */
export function onlyDefinition(node: Node, problems: Problems): Node | undefined {
  const definitions = node.eventDefinitions ?? []
  if (definitions.length > 1) problems.add(node.id ?? '', 'Must have exactly one event definition')
  return definitions[0]
}

function timerOf(id: string, definition: Node, problems: Problems): TimerDefinition {
  const { timeDate, timeDuration, timeCycle } = definition
  const given = [timeDate, timeDuration, timeCycle].filter((time) => time !== undefined)
  if (given.length !== 1) {
    problems.add(
      `${id} > timerEventDefinition`,
      'Must be exactly one type of timer: timeDuration, timeDate or timeCycle',
    )
  }
  const kind = timeDate ? 'date' : timeCycle ? 'cycle' : 'duration'
  const expression = parsed(id, given.length === 0 ? '=null' : (given[0]?.body ?? '').trim(), problems)
  if (expression.kind === 'static') checkTimer(id, kind, expression.value, problems)
  return { kind, expression }
}

/** An empty one is static text, for `checkTimer` to refuse. */
function parsed(id: string, text: string, problems: Problems): Expression {
  return text === '' ? { kind: 'static', value: '' } : problems.expression(id, text)
}

function checkTimer(id: string, kind: TimerDefinition['kind'], text: string, problems: Problems): void {
  try {
    checkStaticTimer(kind, text)
  } catch (error) {
    problems.add(id, `Invalid timer ${kind} expression (${wordsOf(error)})`)
  }
}

function unsupported(node: Node, definition: Node, problems: Problems): undefined {
  problems.add(
    node.id ?? node.$type,
    `Event definition of type '${definition.$type.replace('bpmn:', '')}' is not supported here by this engine`,
  )
}
