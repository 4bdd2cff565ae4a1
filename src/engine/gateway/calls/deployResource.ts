import type { DeployedProcess, Key } from '../../command.ts'
import { compileResource } from '../../compile/compileResource.ts'
import type { UnaryCall } from '../context.ts'
import { decodeResource } from '../decodeResource.ts'
import { checkTenant, defaultTenant } from '../tenant.ts'

interface DeployResourceRequest {
  resources: { name: string; content: Uint8Array }[]
  tenantId: string
}

interface DeployResourceResponse {
  key: Key
  deployments: { process: DeployedProcess & { tenantId: string } }[]
  tenantId: string
}

export const deployResource: UnaryCall<DeployResourceRequest, DeployResourceResponse> = async (
  request,
  { runtime },
) => {
  checkTenant('DeployResource', request.tenantId)
  const resources = await Promise.all(request.resources.map((resource) => compileResource(decodeResource(resource))))
  const { key, processes } = await runtime.execute({ type: 'DeployResource', resources })
  const deployments = processes.map((process) => ({ process: { ...process, tenantId: defaultTenant } }))
  return { key, deployments, tenantId: defaultTenant }
}
