import type { Key, Variables } from '../key.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const processEventRecords = {
  EVENT_TRIGGERED: ({ key, elementInstanceKey, trigger }, { state }) => {
    const { processDefinitionKey, processInstanceKey } = state.elements.get(elementInstanceKey)!
    const { elementId: targetElementId, variables } = trigger
    const of = { scopeKey: elementInstanceKey, targetElementId, processDefinitionKey, processInstanceKey }
    return [processEvent('TRIGGERING', key, of, variables)]
  },
  EVENT_CONSUMED: ({ key, elementInstanceKey }, { state }) => {
    const {
      elementId: targetElementId,
      processDefinitionKey,
      processInstanceKey,
    } = state.elements.get(elementInstanceKey)!
    const of = { scopeKey: elementInstanceKey, targetElementId, processDefinitionKey, processInstanceKey }
    return [processEvent('TRIGGERED', key, of)]
  },
  LISTENER_TRIGGERED: ({ key, variables, ...of }) => [processEvent('TRIGGERING', key, of, variables)],
  EVENT_TAKEN_ON: ({ key, ...of }) => [processEvent('TRIGGERED', key, of)],
  START_EVENT_TRIGGERED: ({ key, variables, ...of }) => [
    processEvent('TRIGGERING', key, { ...of, scopeKey: of.processDefinitionKey }, variables),
  ],
} satisfies Partial<RecordsOf>

interface Of {
  scopeKey: Key
  targetElementId: string
  processDefinitionKey: Key
  processInstanceKey: Key
}

function processEvent(intent: string, key: Key, of: Of, variables: Variables = {}): Draft {
  const { scopeKey, targetElementId, processDefinitionKey, processInstanceKey } = of
  const value = {
    scopeKey,
    targetElementId,
    variables,
    processDefinitionKey,
    processInstanceKey,
    tenantId: defaultTenant,
  }
  return { valueType: 'PROCESS_EVENT', intent, key, value }
}
