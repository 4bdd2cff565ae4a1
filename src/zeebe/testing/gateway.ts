import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  loadPackageDefinition,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

export interface GatewayCall {
  readonly request: Record<string, unknown>
  readonly metadata: Metadata
  readonly on: (event: 'cancelled', listener: () => void) => void
  readonly write: (response: object) => void
  readonly end: () => void
  readonly emit: (event: 'error', error: object) => void
}

/** Answers one call of the gateway protocol: what it gives is sent, what it throws is the call's status. For jobs, it writes and ends by itself. */
export type GatewayHandlers = Record<string, (call: GatewayCall) => object | undefined | Promise<object | undefined>>

/** A real gRPC server that speaks the gateway protocol as far as the handlers go: for faults that no engine shows on demand. Gives its address. */
export async function startGateway(t: TestContext, handlers: GatewayHandlers): Promise<string> {
  const server = new Server()
  server.addService(
    gatewayService(),
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, implementation(name, handler)])),
  )
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  t.after(() => server.forceShutdown())
  return `127.0.0.1:${port}`
}

function implementation(name: string, handler: GatewayHandlers[string]): UntypedHandleCall {
  if (name === 'ActivateJobs') return ((call: GatewayCall) => void handler(call)) as unknown as UntypedHandleCall
  return (async (call: GatewayCall, callback: (error: unknown, response?: object) => void) => {
    try {
      callback(null, (await handler(call)) ?? {})
    } catch (error) {
      callback(error)
    }
  }) as unknown as UntypedHandleCall
}

function gatewayService(): ServiceDefinition {
  const proto = join(dirname(createRequire(import.meta.url).resolve('zeebe-node')), '..', 'proto', 'zeebe.proto')
  const loaded = loadPackageDefinition(
    loadSync(proto, { keepCase: true, longs: String, defaults: true }),
  ) as unknown as {
    gateway_protocol: { Gateway: { service: ServiceDefinition } }
  }
  return loaded.gateway_protocol.Gateway.service
}
