import type { Key, ResolveIncident, Response } from '../command.ts'
import { emit, queue, Rejected, type Run } from '../run.ts'
import type { Incident } from '../state/rows.ts'

/** Tries again what raised the incident; a job becomes activatable, once it has retries. */
export function resolveIncident(run: Run, { incidentKey }: ResolveIncident): Response {
  const incident = run.state.incidents.get(incidentKey)
  if (incident === undefined) throw refused(incidentKey, 'no such incident was found')
  checkJob(run, incident)
  emit(run, { type: 'INCIDENT_RESOLVED', key: incidentKey })
  if (incident.jobKey === undefined) goOn(run, incident.elementInstanceKey)
  else run.availableJobTypes.add(run.state.jobs.get(incident.jobKey)!.type)
  return { type: 'ResolveIncident' }
}

function checkJob(run: Run, { key, jobKey }: Incident): void {
  const job = jobKey === undefined ? undefined : run.state.jobs.get(jobKey)
  if (job === undefined || job.retries > 0) return
  const reason = `job with key '${jobKey}' has no retries left. Please update the job retries and retry resolving the incident`
  throw refused(key, reason, { recordedAs: 'INVALID_STATE' })
}

function goOn(run: Run, elementInstanceKey: Key): void {
  const instance = run.state.elements.get(elementInstanceKey)
  if (instance?.state === 'ACTIVATING') {
    const { key, elementId, scopeKey } = instance
    queue(run, { type: 'activate', key, elementId, scopeKey })
  } else if (instance?.state === 'COMPLETING') queue(run, { type: 'complete', key: instance.key })
}

/** A client is always told that nothing was found. */
function refused(incidentKey: Key, why: string, recorded: { recordedAs?: 'INVALID_STATE' } = {}): Rejected {
  const reason = `Expected to resolve incident with key '${incidentKey}', but ${why}`
  return new Rejected('NOT_FOUND', 'RESOLVE', reason, 'NOT_FOUND', recorded)
}
