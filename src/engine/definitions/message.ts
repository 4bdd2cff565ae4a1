import type { Expression } from '../../feel/expression.ts'
import { countOf } from '../compile/extensions.ts'
import { extension, type Node } from '../compile/moddle.ts'
import type { MessageDefinition } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { emit, nextKey, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { evaluateCorrelationKey, evaluateString } from '../variables/expressions.ts'
import { checkConstantName } from './constantName.ts'
import { type Catcher, type CatchType, placeIn } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.7. Name and key are fixed when the element is entered; a boundary event's key is looked up in the scope around its activity (as on Zeebe 8.6.0). */
export const messageCatch: CatchType<MessageDefinition> = {
  compile(event, { problems }) {
    const { node, definition, place } = event
    const at = placeIn(event)
    if (place !== 'start') return compileMessage(at, definition.messageRef, problems)
    const name = messageName(at, definition.messageRef, problems)
    const text = definition.messageRef?.name
    if (text) checkConstantName(node.id ?? '', { what: 'message', text, name }, problems)
    return { type: 'message', name, correlationKey: { kind: 'static', value: '' } }
  },
  watch(run, host, catcher, definition) {
    const keyScope = catcher.place === 'boundary' ? host.scopeKey : host.key
    const name = evaluateString(run, host.key, definition.name)
    const correlationKey = evaluateCorrelationKey(run, keyScope, definition.correlationKey)
    return () => open(run, host, catcher, name, correlationKey)
  },
}

/** The message that an event or a receive task waits for, with the key that it must bring. `id`: where it is said that there is none. */
export function compileMessage(id: string, message: Node | undefined, problems: Problems): MessageDefinition {
  const name = messageName(id, message, problems)
  const at = message?.id ?? id
  const subscription = message && extension(message, 'zeebe:Subscription')
  if (message !== undefined && countOf(message, 'zeebe:Subscription') !== 1) {
    problems.add(at, 'Must have exactly one zeebe:subscription extension element')
  }
  const inside = `${at} > extensionElements > subscription`
  if (subscription !== undefined) problems.attribute(inside, 'correlationKey', subscription.correlationKey)
  const key = subscription === undefined ? '=null' : subscription.correlationKey
  const correlationKey = problems.feel(inside, key)
  return { type: 'message', name, correlationKey }
}

function messageName(id: string, message: Node | undefined, problems: Problems): Expression {
  if (message === undefined) problems.add(id, 'Must reference a message')
  else if (!message.name) problems.add(message.id ?? id, 'Name must be present and not empty')
  return problems.expression(message?.id ?? id, message?.name || '-')
}

function open(run: Run, host: ElementInstance, catcher: Catcher, messageName: string, correlationKey: string): void {
  const key = nextKey(run)
  // The message's side has the next one (`messageSubscriptionKey`).
  nextKey(run)
  const { elementId: targetElementId, interrupting } = catcher
  const { processInstanceKey, bpmnProcessId, key: elementInstanceKey } = host
  emit(run, {
    type: 'MESSAGE_SUBSCRIPTION_CREATED',
    key,
    subscription: {
      key,
      processInstanceKey,
      elementInstanceKey,
      targetElementId,
      bpmnProcessId,
      messageName,
      correlationKey,
      interrupting,
    },
  })
  run.laterSteps.push({ type: 'openSubscription', key })
}
