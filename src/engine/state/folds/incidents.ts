import { changeElement } from './changeElement.ts'
import type { FoldsOf } from './fold.ts'

export const incidents = {
  INCIDENT_CREATED: (state, { incident }) => state.incidents.put(incident),
  INCIDENT_MIGRATED: (state, { incident }) => state.incidents.put(incident),
  /** A job that had no retries left, or threw an error that nobody caught, can be taken again. */
  INCIDENT_RESOLVED: (state, { key }) => {
    const incident = state.incidents.get(key)!
    state.incidents.delete(key)
    const element = state.elements.get(incident.elementInstanceKey)
    if (incident.type === 'EXTRACT_VALUE_ERROR' && element?.listened !== undefined) {
      changeElement(state, element.key, { listened: undefined })
    }
    const job = incident.jobKey === undefined ? undefined : state.jobs.get(incident.jobKey)
    if (job !== undefined) state.jobs.put({ ...job, state: 'ACTIVATABLE', recurAt: undefined })
  },
} satisfies Partial<FoldsOf>
