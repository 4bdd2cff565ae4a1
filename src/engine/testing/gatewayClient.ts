import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { loadServices } from '../gateway/protocol.ts'

/** A failed call, as a client sees it. */
export interface Failure {
  code: string
  details: string
}

/** Calls a gateway as it is on the wire, without a client's own manners (retries, defaults, JSON). */
export class GatewayClient {
  readonly #client: Client
  readonly #services = loadServices()

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': 4 * 1024 * 1024,
    })
  }

  /** The reply of a call with one; throws its ServiceError. */
  call(name: string, request: object = {}): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = this.#method(name)
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) => {
        if (error) reject(error)
        else resolve(reply as Reply)
      })
    })
  }

  /** What a call is refused with; the reply where it is not. */
  async refusal(name: string, request: object = {}): Promise<Failure | Reply> {
    try {
      if (!this.#method(name).responseStream) return await this.call(name, request)
      return { replies: await this.stream(name, request).all }
    } catch (error) {
      const { code, details } = error as ServiceError
      return { code: status[code], details }
    }
  }

  /** A call with many replies: `first` and `all` wait for them, `cancel` leaves. */
  stream(name: string, request: object = {}): ReplyStream {
    const { path, requestSerialize, responseDeserialize } = this.#method(name)
    const stream = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request)
    const replies: Reply[] = []
    const first = new Promise<Reply | undefined>((resolve, reject) => {
      stream
        .once('data', resolve)
        .once('end', () => resolve(undefined))
        .once('error', reject)
    })
    const all = new Promise<Reply[]>((resolve, reject) => {
      stream
        .on('data', (reply) => replies.push(reply))
        .once('end', () => resolve(replies))
        .once('error', reject)
    })
    // Whoever cares awaits them; a stream that is cancelled fails both.
    first.catch(() => {})
    all.catch(() => {})
    return { first, all, replies, cancel: () => stream.cancel() }
  }

  /** The jobs of one ActivateJobs call. */
  async activate(type: string, more: object = {}): Promise<Job[]> {
    const replies = await this.stream('ActivateJobs', activation(type, more)).all
    return replies.flatMap((reply) => reply.jobs as Job[])
  }

  close(): void {
    this.#client.close()
  }

  #method(name: string) {
    const { gateway, operator, health } = this.#services
    const method = gateway[name] ?? operator[name] ?? health[name]
    if (method === undefined) throw new Error(`no call '${name}'`)
    return method
  }
}

export type Reply = Record<string, unknown>

export interface ReplyStream {
  readonly first: Promise<Reply | undefined>
  readonly all: Promise<Reply[]>
  readonly replies: Reply[]
  cancel(): void
}

export interface Job {
  key: number
  type: string
  processInstanceKey: number
  elementId: string
  elementInstanceKey: number
  worker: string
  retries: number
  deadline: number
  variables: string
  customHeaders: string
  tenantId: string
}

/** A request for up to ten jobs that waits for none; `more` overrides. */
export function activation(type: string, more: object = {}): object {
  return { type, worker: 'a worker', timeout: 60_000, maxJobsToActivate: 10, requestTimeout: -1, ...more }
}
