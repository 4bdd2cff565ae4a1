import type { Key } from '../key.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const variableRecords = {
  VARIABLE_CREATED: (event, moment) => [variable('CREATED', event, moment)],
  VARIABLE_UPDATED: (event, moment) => [variable('UPDATED', event, moment)],
  /** Its value is not told. */
  VARIABLE_MIGRATED: ({ key, scopeKey, name }, moment) => [
    variable('MIGRATED', { key, scopeKey, name, value: null }, moment),
  ],
} satisfies Partial<RecordsOf>

interface Variable {
  key: Key
  scopeKey: Key
  name: string
  value: unknown
  processInstanceKey?: Key
}

/** The value is a JSON text. */
function variable(intent: string, { key, scopeKey, name, value, processInstanceKey }: Variable, moment: Moment): Draft {
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
