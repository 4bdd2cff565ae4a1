import packageJson from '../../../../package.json' with { type: 'json' }
import type { UnaryCall } from '../context.ts'
import { gatewayVersion } from './topology.ts'

interface DescribeResponse {
  engineId: string
  version: string
  gatewayVersion: string
}

export const describe: UnaryCall<object, DescribeResponse> = async (_request, { runtime }) => ({
  engineId: runtime.engineId,
  version: packageJson.version,
  gatewayVersion,
})
