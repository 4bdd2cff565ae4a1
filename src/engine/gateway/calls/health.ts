import type { StreamingCall, UnaryCall } from '../context.ts'
import { Status } from '../status.ts'

interface HealthRequest {
  service: string
}

interface HealthReply {
  status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'
}

const services = new Set(['', 'gateway_protocol.Gateway', 'commitbase.Operator'])

/** gRPC's health protocol: whether a service is served now. Throws Status NOT_FOUND for one that is not ours. */
export const checkHealth: UnaryCall<HealthRequest, HealthReply> = async ({ service }, { runtime }) => {
  if (!services.has(service)) throw new Status('NOT_FOUND', `unknown service ${service}`)
  return { status: runtime.healthy ? 'SERVING' : 'NOT_SERVING' }
}

/** The status as it is now; it stays so until the connection ends with the engine. */
export const watchHealth: StreamingCall<HealthRequest, HealthReply> = async ({ service }, context, send) => {
  const known = services.has(service)
  await send(known ? await checkHealth({ service }, context) : { status: 'SERVICE_UNKNOWN' })
  if (context.signal.aborted) return
  await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
}
