import type { DeployedProcess, Key } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { deployResource } from './deployResource.ts'

interface DeployProcessRequest {
  processes: { name: string; definition: Uint8Array }[]
}

interface DeployProcessResponse {
  key: Key
  processes: (DeployedProcess & { tenantId: string })[]
}

/** DeployResource as it was before version 8. */
export const deployProcess: UnaryCall<DeployProcessRequest, DeployProcessResponse> = async (request, context) => {
  const resources = request.processes.map(({ name, definition }) => ({ name, content: definition }))
  const { key, deployments } = await deployResource({ resources, tenantId: defaultTenant }, context)
  return { key, processes: deployments.flatMap((deployment) => ('process' in deployment ? [deployment.process] : [])) }
}
