import type { ClientReadableStream } from '@grpc/grpc-js'
import { ZBClient } from 'zeebe-node'
import { endpointOf } from './endpoint.ts'
import type { EngineOptions } from './engineOptions.ts'

/** An engine that is spoken to. What it can do is one file a verb: `deploy.ts`, `publish.ts`, `workers.ts`, … */
export interface Engine {
  /** `host:port`. */
  readonly address: string
  readonly plaintext: boolean
  /** OAuth's: it is none of ours. */
  readonly takesTokens: boolean
  /** Of a user, as a header has it. */
  readonly authorization?: string
  /** Whose certificates are trusted, where not those that Node trusts. */
  readonly certificates?: Buffer
  readonly clusterId?: string
  readonly gateway: Gateway
  /** Comes when the connection is closed. */
  readonly closed: AbortSignal
  close(): Promise<void>
}

/** The gateway's calls as zeebe-node has them: one object in, one out; int64 are strings, variables JSON text. */
export interface Gateway {
  topologySync(request: object): Promise<unknown>
  deployResourceSync(request: object): Promise<unknown>
  createProcessInstanceSync(request: object): Promise<unknown>
  createProcessInstanceWithResultSync(request: object): Promise<unknown>
  cancelProcessInstanceSync(request: object): Promise<unknown>
  publishMessageSync(request: object): Promise<unknown>
  completeJobSync(request: object): Promise<unknown>
  failJobSync(request: object): Promise<unknown>
  throwErrorSync(request: object): Promise<unknown>
  updateJobRetriesSync(request: object): Promise<unknown>
  resolveIncidentSync(request: object): Promise<unknown>
  setVariablesSync(request: object): Promise<unknown>
  activateJobsStream(request: object): Promise<JobStream | { error: unknown } | undefined>
}

/** One long poll. */
export type JobStream = ClientReadableStream<unknown>

/** Milliseconds that a request for jobs waits at the engine for the first of them. */
export const longPoll = 30_000

/**
 * Opens a client. No call is made yet: an engine that is away shows at the first call.
 *
 * zeebe-node reads the process's environment on its own, and what it finds there would win over what is left out here (an ambient
 * `ZEEBE_CLIENT_ID`, `ZEEBE_BASIC_AUTH_USERNAME` or `ZEEBE_SECURE_CONNECTION` would go to an address it was never meant for): so
 * each of these options is given, as undefined too. Only the certificates of `ZEEBE_CLIENT_SSL_*` are left to it.
 */
export function connect(options: EngineOptions): Engine {
  const { host, port, plaintext } = endpointOf(options)
  const client = new ZBClient(`${host}:${port}`, {
    ...quiet,
    hostname: host,
    port,
    useTLS: !plaintext,
    oAuth: oauthOf(options),
    basicAuth: options.basicAuth,
    ...(options.certificates && { customSSL: { rootCerts: options.certificates } }),
    tenantId: '',
    retry: false,
    longPoll,
    connectionTolerance: 1,
  } as ConstructorParameters<typeof ZBClient>[1])
  return new ZeebeEngine(client, options, `${host}:${port}`, plaintext)
}

class ZeebeEngine implements Engine {
  readonly address: string
  readonly plaintext: boolean
  readonly takesTokens: boolean
  readonly authorization?: string
  readonly certificates?: Buffer
  readonly clusterId?: string
  readonly gateway: Gateway
  readonly #client: ZBClient
  readonly #streams = new Set<JobStream>()
  readonly #closed = new AbortController()

  constructor(client: ZBClient, options: EngineOptions, address: string, plaintext: boolean) {
    this.#client = client
    this.address = address
    this.plaintext = plaintext
    this.takesTokens = options.oauth !== undefined
    const { basicAuth, certificates } = options
    if (basicAuth)
      this.authorization = `Basic ${Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64')}`
    if (certificates) this.certificates = certificates
    const clusterId = options.clusterId ?? clusterIdIn(address)
    if (clusterId !== undefined) this.clusterId = clusterId
    this.gateway = gatewayOf(client, (stream) => this.#keep(stream))
  }

  get closed(): AbortSignal {
    return this.#closed.signal
  }

  #keep(stream: JobStream): void {
    if (this.closed.aborted) {
      setImmediate(endStream, stream)
      return
    }
    this.#streams.add(stream)
    stream.on('end', () => this.#streams.delete(stream)).on('error', () => this.#streams.delete(stream))
  }

  async close(): Promise<void> {
    if (this.closed.aborted) return
    this.#closed.abort()
    for (const stream of this.#streams) endStream(stream)
    await this.#client.close()
  }
}

/**
 * zeebe-node's calls beneath its public methods, private in its types only. The public ones cannot serve: `activateJobs` never
 * settles when no job comes or the connection breaks, `createWorker` polls on a timer, hides failed completions and keeps a closed
 * process alive for the length of a poll, `deployResource` takes one resource at a time.
 */
function gatewayOf(client: ZBClient, keep: (stream: JobStream) => void): Gateway {
  const { grpc } = client as unknown as { grpc: Gateway }
  const activateJobsStream: Gateway['activateJobsStream'] = async (request) => {
    const stream = await grpc.activateJobsStream(request)
    if (stream && !('error' in stream)) keep(stream)
    return stream
  }
  return Object.assign(Object.create(grpc) as Gateway, { activateJobsStream })
}

/** Ends a poll here and at the engine. zeebe-node hides the cancellation once its client closes, and would keep a timer for the rest of the poll: the `end` is what clears it. */
export function endStream(stream: JobStream): void {
  stream.cancel()
  stream.emit('end')
}

function oauthOf({ oauth }: EngineOptions): object | undefined {
  if (!oauth) return undefined
  return {
    url: oauth.authorizationServerUrl,
    audience: oauth.audience ?? '',
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
    cacheOnDisk: false,
  }
}

/** The id in `<id>.<region>.zeebe.camunda.io:443`. */
function clusterIdIn(address: string): string | undefined {
  return /^([0-9a-f-]{36})\..*zeebe\.camunda\.io:/i.exec(address)?.[1]
}

/** `ZEEBE_NODE_LOG_LEVEL` wins over `loglevel`, but has nowhere to write. */
const quiet = {
  loglevel: 'NONE',
  stdout: { info: () => {}, error: () => {}, debug: () => {}, log: () => {}, warn: () => {} },
}
