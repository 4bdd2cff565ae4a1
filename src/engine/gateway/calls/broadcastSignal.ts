import type { Key, Variables } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { checkTenant } from '../tenant.ts'

interface BroadcastSignalRequest {
  signalName: string
  variables: string | Variables
  tenantId: string
}

interface BroadcastSignalResponse {
  key: Key
  tenantId: string
}

export const broadcastSignal: UnaryCall<BroadcastSignalRequest, BroadcastSignalResponse> = async (
  request,
  { runtime },
) => {
  checkTenant('BroadcastSignal', request.tenantId)
  const variables = documentOf(request.variables)
  const { key } = await runtime.execute({ type: 'BroadcastSignal', signalName: request.signalName, variables })
  return { key, tenantId: defaultTenant }
}
