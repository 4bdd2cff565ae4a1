import type { Key } from '../key.ts'
import type { Incident, State } from '../state.ts'
import type { RecordsOf } from './mapping.ts'
import { type Draft, defaultTenant } from './record.ts'

export const incidentRecords = {
  INCIDENT_CREATED: ({ incident }, { state }) => [incidentRecord('CREATED', incident, state)],
  INCIDENT_RESOLVED: ({ key }, { state }) => [incidentRecord('RESOLVED', state.incidents.get(key)!, state)],
} satisfies Partial<RecordsOf>

export function incidentCommand(key: Key): Draft {
  const value = {
    errorType: 'UNKNOWN',
    errorMessage: '',
    bpmnProcessId: '',
    processDefinitionKey: -1,
    processInstanceKey: -1,
    elementId: '',
    elementInstanceKey: -1,
    jobKey: -1,
    variableScopeKey: -1,
    elementInstancePath: [],
    processDefinitionPath: [],
    callingElementPath: [],
    tenantId: defaultTenant,
  }
  return { valueType: 'INCIDENT', intent: 'RESOLVE', key, value }
}

function incidentRecord(intent: string, incident: Incident, state: State): Draft {
  const value = {
    errorType: incident.type,
    errorMessage: incident.message,
    bpmnProcessId: incident.bpmnProcessId,
    processDefinitionKey: incident.processDefinitionKey,
    processInstanceKey: incident.processInstanceKey,
    elementId: incident.elementId,
    elementInstanceKey: incident.elementInstanceKey,
    jobKey: incident.jobKey ?? -1,
    variableScopeKey: incident.variableScopeKey,
    elementInstancePath: [pathTo(incident.elementInstanceKey, state)],
    processDefinitionPath: [incident.processDefinitionKey],
    callingElementPath: [],
    tenantId: defaultTenant,
  }
  return { valueType: 'INCIDENT', intent, key: incident.key, value }
}

/** From the process instance down to the element. */
function pathTo(elementInstanceKey: Key, state: State): Key[] {
  const path: Key[] = []
  for (let key = elementInstanceKey; key > 0; key = state.elements.get(key)?.scopeKey ?? -1) path.unshift(key)
  return path
}
