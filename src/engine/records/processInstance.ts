import type { Key } from '../key.ts'
import type { ElementInstance } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { defaultTenant } from '../tenant.ts'
import { eventTypeOf } from './eventType.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const processInstanceRecords = {
  ELEMENT_ACTIVATING: ({ key, element }, moment) => [lived(moment, 'ELEMENT_ACTIVATING', key, element)],
  ELEMENT_ACTIVATED: ({ key }, moment) => [lived(moment, 'ELEMENT_ACTIVATED', key)],
  ELEMENT_COMPLETING: ({ key }, moment) => [lived(moment, 'ELEMENT_COMPLETING', key)],
  ELEMENT_COMPLETED: ({ key }, moment) => [lived(moment, 'ELEMENT_COMPLETED', key)],
  ELEMENT_TERMINATING: ({ key }, moment) => [lived(moment, 'ELEMENT_TERMINATING', key)],
  ELEMENT_TERMINATED: ({ key }, moment) => [lived(moment, 'ELEMENT_TERMINATED', key)],
  ELEMENT_MIGRATED: ({ key, element }, moment) => [lived(moment, 'ELEMENT_MIGRATED', key, element)],
  SEQUENCE_FLOW_TAKEN: ({ key, scopeKey, flowId }, { state }) => {
    const scope = state.elements.get(scopeKey)!
    const value = valueFor(state, scope, flowId, 'SEQUENCE_FLOW', 'UNSPECIFIED', scopeKey)
    return [{ valueType: 'PROCESS_INSTANCE', intent: 'SEQUENCE_FLOW_TAKEN', key, value }]
  },
  LINK_FOLLOWED: () => [],
  MULTI_INSTANCE_ADVANCED: () => [],
  ACTIVATION_REFUSED: ({ element, reason }, { state }) => [
    {
      valueType: 'PROCESS_INSTANCE',
      intent: 'ACTIVATE_ELEMENT',
      key: element.key,
      value: elementValue(state, element),
      recordType: 'COMMAND_REJECTION',
      rejectionType: 'INVALID_STATE',
      rejectionReason: reason,
    },
  ],
} satisfies Partial<RecordsOf>

export function cancelCommand(processInstanceKey: Key): Draft {
  const value = {
    bpmnElementType: 'UNSPECIFIED',
    elementId: '',
    bpmnProcessId: '',
    version: -1,
    processDefinitionKey: -1,
    processInstanceKey: -1,
    flowScopeKey: -1,
    bpmnEventType: 'UNSPECIFIED',
    parentProcessInstanceKey: -1,
    parentElementInstanceKey: -1,
    tenantId: defaultTenant,
  }
  return { valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: processInstanceKey, value }
}

function lived({ state }: Moment, intent: string, key: Key, element = state.elements.get(key)!): Draft {
  return { valueType: 'PROCESS_INSTANCE', intent, key, value: elementValue(state, element) }
}

export function elementValue(state: State, instance: ElementInstance): Value {
  const { elementId, elementType, scopeKey } = instance
  return valueFor(state, instance, elementId, elementType, eventTypeOf(instance, state), scopeKey)
}

function valueFor(
  state: State,
  of: ElementInstance,
  elementId: string,
  type: string,
  eventType: string,
  scopeKey: Key,
): Value {
  const { parentProcessInstanceKey = -1, parentElementInstanceKey = -1 } =
    state.elements.get(of.processInstanceKey) ?? of
  return {
    bpmnElementType: type,
    elementId,
    bpmnProcessId: of.bpmnProcessId,
    version: of.version,
    processDefinitionKey: of.processDefinitionKey,
    processInstanceKey: of.processInstanceKey,
    flowScopeKey: scopeKey,
    bpmnEventType: eventType,
    parentProcessInstanceKey,
    parentElementInstanceKey,
    tenantId: defaultTenant,
  }
}
