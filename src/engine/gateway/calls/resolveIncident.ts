import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'

interface ResolveIncidentRequest {
  incidentKey: Key
}

export const resolveIncident: UnaryCall<ResolveIncidentRequest, object> = async ({ incidentKey }, { runtime }) => {
  await runtime.execute({ type: 'ResolveIncident', incidentKey })
  return {}
}
