import type { Key } from './key.ts'
import { emit, nextKey, type Run } from './run.ts'
import type { ElementInstance, IncidentType } from './state/rows.ts'

/** Opens an incident on an element instance. */
export function raiseIncident(
  run: Run,
  instance: ElementInstance,
  what: { type: IncidentType; message: string; scopeKey?: Key; jobKey?: Key },
): void {
  const key = nextKey(run)
  const { processInstanceKey, elementId, bpmnProcessId, processDefinitionKey } = instance
  emit(run, {
    type: 'INCIDENT_CREATED',
    key,
    incident: {
      key,
      processInstanceKey,
      elementInstanceKey: instance.key,
      elementId,
      bpmnProcessId,
      processDefinitionKey,
      type: what.type,
      message: what.message,
      variableScopeKey: what.scopeKey ?? instance.key,
      ...(what.jobKey !== undefined && { jobKey: what.jobKey }),
    },
  })
}

/** An element that is left takes its incidents with it. */
export function resolveIncidentsOf(run: Run, instance: ElementInstance): void {
  for (const incident of run.state.incidents.in('byElement', instance.key)) {
    emit(run, { type: 'INCIDENT_RESOLVED', key: incident.key })
  }
}
