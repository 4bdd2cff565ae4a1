import { status } from '@grpc/grpc-js'
import { GatewayClient } from '../../src/engine/testing/gatewayClient.ts'
import { connect, type Engine } from '../../src/zeebe/connect.ts'

export type Answer = Readonly<Record<string, unknown>>

/** Another answer than the one that was asked for. */
export class Refused extends Error {
  readonly code: string

  constructor(code: number, details: string) {
    super(details)
    this.code = status[code] ?? String(code)
  }
}

/** What a scenario calls with: zeebe-node, and on the wire what zeebe-node's protocol has not. */
export class Client {
  readonly #engine: Engine
  readonly #wire: GatewayClient

  constructor(address: string) {
    this.#engine = connect({ address, plaintext: true })
    this.#wire = new GatewayClient(address)
  }

  /** `name` as in the protocol: `CreateProcessInstance`. Throws Refused. */
  async call(name: string, request: object): Promise<Answer> {
    const calls = this.#engine.gateway as unknown as Record<string, ((request: object) => Promise<Answer>) | undefined>
    const call = calls[`${name[0]!.toLowerCase()}${name.slice(1)}Sync`]
    try {
      return await (call === undefined ? this.#wire.call(name, request) : call.call(calls, request))
    } catch (error) {
      throw refusalOf(error)
    }
  }

  /** The first answer of a long poll with jobs in it; none where it ends without. Throws Refused. */
  async jobs(request: object): Promise<Answer[]> {
    try {
      const replies = await this.#wire.stream('ActivateJobs', request).all
      return replies.flatMap((reply) => reply.jobs as Answer[])
    } catch (error) {
      throw refusalOf(error)
    }
  }

  async close(): Promise<void> {
    this.#wire.close()
    await this.#engine.close()
  }
}

function refusalOf(error: unknown): unknown {
  const { code, details } = error as { code?: number; details?: string }
  return typeof code === 'number' && details !== undefined ? new Refused(code, details) : error
}
