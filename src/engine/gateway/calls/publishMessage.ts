import type { Key, Variables } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { checkTenant } from '../tenant.ts'

interface PublishMessageRequest {
  name: string
  correlationKey: string
  timeToLive: number
  messageId: string
  variables: string | Variables
  tenantId: string
}

interface PublishMessageResponse {
  key: Key
  tenantId: string
}

export const publishMessage: UnaryCall<PublishMessageRequest, PublishMessageResponse> = async (
  request,
  { runtime },
) => {
  checkTenant('PublishMessage', request.tenantId)
  const { name, correlationKey, timeToLive, messageId } = request
  const variables = documentOf(request.variables)
  const published = { type: 'PublishMessage', name, correlationKey, timeToLive, messageId, variables } as const
  const { key } = await runtime.execute(published)
  return { key, tenantId: defaultTenant }
}
