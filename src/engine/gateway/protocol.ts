import { fileURLToPath } from 'node:url'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'

/** Where our description of the protocol is. */
export const gatewayProto = fileURLToPath(new URL('gateway.proto', import.meta.url))
/** Where the description of the operator's service is. */
const operatorProto = fileURLToPath(new URL('operator.proto', import.meta.url))

/** Where gRPC's description of its health protocol is. */
const healthProto = fileURLToPath(new URL('health.proto', import.meta.url))

/** The services as grpc-js takes them. Keys are numbers: the engine's are below 2^53. */
export function loadServices(): Record<'gateway' | 'operator' | 'health', ServiceDefinition> {
  return {
    gateway: load(gatewayProto, 'gateway_protocol.Gateway'),
    operator: load(operatorProto, 'commitbase.Operator'),
    health: load(healthProto, 'grpc.health.v1.Health'),
  }
}

function load(file: string, service: string): ServiceDefinition {
  const definitions: PackageDefinition = loadSync(file, {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  return definitions[service] as ServiceDefinition
}
