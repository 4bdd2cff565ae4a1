import type { Key } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'
import { checkTenant } from '../tenant.ts'

interface BroadcastSignalRequest {
  signalName: string
  variables: string
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
  const variables = parseDocument(request.variables)
  const { key } = await runtime.execute({ type: 'BroadcastSignal', signalName: request.signalName, variables })
  return { key, tenantId: defaultTenant }
}
