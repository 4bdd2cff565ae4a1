import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface ResolveIncidentRequest extends Referenced {
  incidentKey: Key
}

export const resolveIncident: UnaryCall<ResolveIncidentRequest, object> = async (request, { runtime }) => {
  const { incidentKey } = request
  await runtime.execute({ type: 'ResolveIncident', incidentKey, ...referenceOf(request) })
  return {}
}
