import type { FastifyReply } from 'fastify'
import type { Context as CallContext } from '../gateway/context.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** What the REST API asks, and where the gateway of the same engine listens. */
export interface Context {
  readonly runtime: Runtime
  readonly gateway: { readonly host: string; readonly port: number }
}

/** What a call of the gateway has at hand when it is made by REST. */
export function callContextOf({ runtime, gateway }: Context, reply: FastifyReply): CallContext {
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  return { runtime, ...gateway, signal: left.signal }
}
