import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'

interface ListIncidentsRequest {
  processInstanceKey: Key
}

interface ListIncidentsResponse {
  incidents: {
    key: Key
    type: string
    message: string
    bpmnProcessId: string
    processInstanceKey: Key
    elementId: string
    jobKey: Key
  }[]
}

export const listIncidents: UnaryCall<ListIncidentsRequest, ListIncidentsResponse> = async (request, { runtime }) => {
  const { processInstanceKey } = request
  const open = await runtime.incidents()
  const wanted = open.filter(
    (incident) => processInstanceKey === 0 || incident.processInstanceKey === processInstanceKey,
  )
  return { incidents: wanted.map((incident) => ({ ...incident, jobKey: incident.jobKey ?? 0 })) }
}
