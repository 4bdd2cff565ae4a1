import type { Key } from '../key.ts'
import type { ElementInstance, Incident } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const incidentRecords = {
  INCIDENT_CREATED: ({ incident }, { state }) => [incidentRecord('CREATED', incident, state)],
  INCIDENT_RESOLVED: ({ key }, { state }) => [incidentRecord('RESOLVED', state.incidents.get(key)!, state)],
  INCIDENT_MIGRATED: ({ incident }, { state }) => [incidentRecord('MIGRATED', incident, state)],
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
    elementId: elementIdOf(incident),
    elementInstanceKey: incident.elementInstanceKey,
    jobKey: incident.jobKey ?? -1,
    variableScopeKey: incident.variableScopeKey,
    ...pathsTo(incident.elementInstanceKey, state),
    tenantId: defaultTenant,
  }
  return { valueType: 'INCIDENT', intent, key: incident.key, value }
}

/** Of a job's error that nobody caught the real engine has forgotten the element. */
function elementIdOf({ type, jobKey, elementId }: Incident): string {
  return type === 'UNHANDLED_ERROR_EVENT' && jobKey !== undefined ? 'NO_CATCH_EVENT_FOUND' : elementId
}

/** From the instance that nobody called down to the element: a list of keys for each process instance, and what called the next. */
function pathsTo(elementInstanceKey: Key, state: State) {
  const elementInstancePath: Key[][] = []
  const processDefinitionPath: Key[] = []
  const callingElementPath: number[] = []
  for (let key: Key | undefined = elementInstanceKey; key !== undefined; ) {
    const element: ElementInstance = state.elements.get(key)!
    elementInstancePath.unshift(pathTo(key, state))
    processDefinitionPath.unshift(element.processDefinitionKey)
    if (key !== elementInstanceKey) callingElementPath.unshift(indexOfCall(element, state))
    key = state.elements.get(element.processInstanceKey)?.parentElementInstanceKey
  }
  return { elementInstancePath, processDefinitionPath, callingElementPath }
}

/** Which of its process's call activities it is, in the order of their ids. */
function indexOfCall({ processDefinitionKey, elementId }: ElementInstance, state: State): number {
  const calls = [...state.models.get(processDefinitionKey)!.elements.values()].filter(
    ({ kind }) => kind === 'callActivity',
  )
  return calls
    .map(({ id }) => id)
    .sort()
    .indexOf(elementId)
}

/** From the process instance down to the element. */
function pathTo(elementInstanceKey: Key, state: State): Key[] {
  const path: Key[] = []
  for (let key = elementInstanceKey; key > 0; key = state.elements.get(key)?.scopeKey ?? -1) path.unshift(key)
  return path
}
