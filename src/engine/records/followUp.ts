import { arriving } from '../arriving.ts'
import type { Key } from '../key.ts'
import type { ElementInstance } from '../state/rows.ts'
import type { ActivateStep, Step } from '../step.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment } from './mapping.ts'
import { messageSubscription } from './messageSubscription.ts'
import type { Notice } from './notice.ts'
import { elementValue } from './processInstance.ts'
import { processMessageSubscription } from './processMessageSubscription.ts'
import type { Draft } from './record.ts'
import { signal } from './signal.ts'

/** What the engine asks itself to do; exporters see it, as they see what clients ask for. None for what has ended meanwhile. */
export function followUpCommand(step: Step, moment: Moment): Draft | undefined {
  const { state } = moment
  switch (step.type) {
    case 'activate':
      return activation(step, moment)
    case 'begin':
      return elementCommand('ACTIVATE_ELEMENT', step.instance, moment)
    case 'complete':
      return elementCommand('COMPLETE_ELEMENT', state.elements.get(step.key), moment)
    case 'terminate':
      return elementCommand('TERMINATE_ELEMENT', state.elements.get(step.key), moment)
    case 'listened':
      return elementCommand('COMPLETE_EXECUTION_LISTENER', state.elements.get(step.key), moment)
    case 'activateInstances':
      return batch('ACTIVATE', step.batchKey, step.key, moment, step.count)
    case 'terminateChildren':
      return batch('TERMINATE', step.batchKey, step.scopeKey, moment)
    case 'broadcast':
      return signal('BROADCAST', step.key, step)
    case 'openSubscription':
    case 'correlate':
      return sent(subscriptionCommand(step, moment))
    case 'note':
      return sent(notedCommand(step.notices[0]!))
    default:
      return step satisfies never
  }
}

/** The element may be there already, where an incident had stopped it. */
function activation(step: ActivateStep, moment: Moment): Draft | undefined {
  const { elements, models } = moment.state
  const scope = elements.get(step.scopeKey)
  const element = scope && models.get(scope.processDefinitionKey)!.elements.get(step.elementId)
  const instance = elements.get(step.key) ?? (scope && element && arriving(scope, element, step))
  return elementCommand('ACTIVATE_ELEMENT', instance, moment)
}

function elementCommand(intent: string, instance: ElementInstance | undefined, { state }: Moment): Draft | undefined {
  if (instance === undefined) return undefined
  return { valueType: 'PROCESS_INSTANCE', intent, key: instance.key, value: elementValue(state, instance) }
}

/** `index`: how many there are to be activated. */
function batch(intent: string, key: Key, batchElementInstanceKey: Key, { state }: Moment, index = -1): Draft {
  const processInstanceKey = state.elements.get(batchElementInstanceKey)?.processInstanceKey ?? -1
  const value = { processInstanceKey, batchElementInstanceKey, index, tenantId: defaultTenant }
  return { valueType: 'PROCESS_INSTANCE_BATCH', intent, key, value }
}

function subscriptionCommand(
  step: Extract<Step, { type: 'openSubscription' | 'correlate' }>,
  { state }: Moment,
): Draft | undefined {
  const subscription = state.subscriptions.get(step.type === 'correlate' ? step.subscriptionKey : step.key)
  if (subscription === undefined) return undefined
  if (step.type === 'correlate')
    return processMessageSubscription('CORRELATE', subscription, step.messageKey, step.variables)
  const { correlated } = step
  if (correlated === undefined) return messageSubscription('CREATE', subscription)
  return messageSubscription('CORRELATE', subscription, correlated.messageKey, correlated.variables)
}

function notedCommand(notice: Notice): Draft | undefined {
  switch (notice.type) {
    case 'SUBSCRIPTION_ACKNOWLEDGED':
      return processMessageSubscription('CREATE', notice.subscription)
    case 'CORRELATION_ACKNOWLEDGED':
      return messageSubscription('CORRELATE', notice.subscription, notice.messageKey, notice.variables)
    case 'SUBSCRIPTION_CLOSED':
      return messageSubscription('DELETE', notice.subscription)
    case 'CLOSE_ACKNOWLEDGED':
      return processMessageSubscription('DELETE', notice.subscription)
    default:
      return undefined
  }
}

/** From one partition to another, or to itself: such commands have no key. */
function sent(draft: Draft | undefined): Draft | undefined {
  return draft && { ...draft, key: -1, isSource: true }
}
