import { codeOf } from '../errors.ts'
import { call } from './call.ts'
import type { Engine } from './connect.ts'
import { listIncidents } from './listIncidents.ts'

export interface ResolveOptions {
  /** The job behind the incident, where the caller knows it; our own engine tells it. */
  readonly jobKey?: string
  /** What the job gets to try again; 1 unless given. */
  readonly retries?: number
}

/** Resolves an incident: first the job's retries are raised, where the job is known, since a job without retries would raise it again. Throws `not_found` for a key that is no open incident's. */
export async function resolveIncident(
  engine: Engine,
  incidentKey: string,
  options: ResolveOptions = {},
): Promise<void> {
  const jobKey = options.jobKey ?? (await jobOf(engine, incidentKey))
  if (jobKey !== undefined) await call(engine, 'updateJobRetriesSync', { jobKey, retries: options.retries ?? 1 })
  await call(engine, 'resolveIncidentSync', { incidentKey })
}

/** Another engine does not tell, which is no reason not to resolve: its user raises the retries or names the job. */
async function jobOf(engine: Engine, incidentKey: string): Promise<string | undefined> {
  try {
    return (await listIncidents(engine)).find(({ key }) => key === incidentKey)?.jobKey
  } catch (error) {
    if (codeOf(error) === 'invalid') return undefined
    throw error
  }
}
