import type { Key } from '../key.ts'
import type { HappeningOf, Moment, RecordsOf } from './mapping.ts'
import { type Draft, defaultTenant } from './record.ts'

export const variableRecords = {
  VARIABLE_CREATED: (event, moment) => [variable('CREATED', event, moment)],
  VARIABLE_UPDATED: (event, moment) => [variable('UPDATED', event, moment)],
} satisfies Partial<RecordsOf>

/** The value is a JSON text. */
function variable(
  intent: string,
  { key, scopeKey, name, value, processInstanceKey }: HappeningOf<'VARIABLE_CREATED'>,
  moment: Moment,
): Draft {
  const record = {
    name,
    value: JSON.stringify(value),
    scopeKey,
    ...ownerOf(scopeKey, processInstanceKey, moment),
    tenantId: defaultTenant,
  }
  return { valueType: 'VARIABLE', intent, key, value: record }
}

function ownerOf(scopeKey: Key, instanceKey: Key | undefined, { state, processOf }: Moment) {
  const scope = state.elements.get(scopeKey) ?? (instanceKey && state.elements.get(instanceKey))
  if (scope) {
    const { processInstanceKey, processDefinitionKey, bpmnProcessId } = scope
    return { processInstanceKey, processDefinitionKey, bpmnProcessId }
  }
  const process = processOf(scopeKey)
  return {
    processInstanceKey: scopeKey,
    processDefinitionKey: process?.key ?? -1,
    bpmnProcessId: process?.bpmnProcessId ?? '',
  }
}
