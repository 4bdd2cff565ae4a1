import type { Key, Variables } from '../key.ts'
import type { Subscription } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Draft } from './record.ts'

/** The instance's side of a subscription. */
export function processMessageSubscription(
  intent: string,
  subscription: Subscription,
  messageKey: Key = -1,
  variables: Variables = {},
): Draft {
  const value = {
    processInstanceKey: subscription.processInstanceKey,
    elementInstanceKey: subscription.elementInstanceKey,
    bpmnProcessId: subscription.bpmnProcessId,
    messageKey,
    messageName: subscription.messageName,
    variables,
    interrupting: subscription.interrupting,
    correlationKey: subscription.correlationKey,
    elementId: subscription.targetElementId,
    tenantId: defaultTenant,
  }
  return { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent, key: subscription.key, value }
}
