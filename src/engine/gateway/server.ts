import {
  status as grpcStatus,
  type handleServerStreamingCall,
  type handleUnaryCall,
  logVerbosity,
  type Metadata,
  Server,
  type ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  setLogVerbosity,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Meter } from '../meter.ts'
import { OpenSockets } from '../openSockets.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { TlsOptions } from '../security/certificate.ts'
import type { Guard } from '../security/guard.ts'
import { readCredentials } from '../security/tls.ts'
import { healthCalls, operatorCalls, streamingCalls, unaryCalls, watchingCalls } from './calls.ts'
import type { Context, StreamingCall, UnaryCall } from './context.ts'
import { loadServices } from './protocol.ts'
import { isUnforeseen, statusOf } from './status.ts'

export interface GatewayOptions {
  readonly runtime: Runtime
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Is told of errors that are the engine's own fault. */
  readonly onFault: (error: unknown) => void
  /** Plain text without. */
  readonly tls?: TlsOptions
  /** Who may call; without, everybody. The health of the engine is told to everybody. */
  readonly guard?: Guard
  /** Is told of each call. */
  readonly meter?: Meter
}

export interface Gateway {
  readonly port: number
  /** Takes no more calls, and gives those under way a second to end. */
  stop(): Promise<void>
}

/** Serves the gateway protocol and the operator's calls. Throws `unavailable` where the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = new Server({
    // Its statistics of channels and calls, which nobody asks for, cost more than a short call does here.
    'grpc.enable_channelz': 0,
    // A worker whose machine is gone must not hold its place in a line of polls.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  })
  const listening = { port: options.port }
  const door = { ...options, listening }
  const open = { ...door, guard: undefined }
  const credentials = await readCredentials(options.tls)
  const { gateway, operator, health } = loadServices()
  server.addService(gateway, {
    ...handlers(unaryCalls, (call) => unary(call, door)),
    ...handlers(streamingCalls, (call) => streaming(call, door)),
  })
  server.addService(
    operator,
    handlers(operatorCalls, (call) => unary(call, door)),
  )
  server.addService(health, {
    ...handlers(healthCalls, (call) => unary(call, open)),
    ...handlers(watchingCalls, (call) => streaming(call, open)),
  })
  listening.port = await bind(server, credentials, options)
  const sockets = new OpenSockets(() => listening.port)
  return { port: listening.port, stop: () => stop(server, sockets) }
}

type Door = Omit<GatewayOptions, 'guard'> & { readonly guard?: Guard | undefined; readonly listening: { port: number } }

function handlers<Call>(
  calls: Readonly<Record<string, Call>>,
  handle: (call: Call) => UntypedHandleCall,
): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, handle(call)]))
}

function unary(call: UnaryCall<never, object>, door: Door): handleUnaryCall<unknown, object> {
  return (stream, reply) => {
    const answered = door.meter?.called(callOf(stream, 'UNARY'))
    admitted(stream, door, () => call(stream.request as never, contextOf(stream, door))).then(
      (value) => {
        reply(null, value)
        answered?.('OK')
      },
      (error) => {
        const status = fault(error, door)
        reply(status)
        answered?.(grpcStatus[status.code])
      },
    )
  }
}

function streaming(call: StreamingCall<never, object>, door: Door): handleServerStreamingCall<unknown, object> {
  return (stream) => {
    const answered = door.meter?.called(callOf(stream, 'SERVER_STREAMING'))
    const give = (): Promise<void> =>
      call(stream.request as never, contextOf(stream, door), (reply) => send(stream, reply))
    admitted(stream, door, give).then(
      () => {
        stream.end()
        answered?.('OK')
      },
      (error) => {
        const status = fault(error, door)
        stream.emit('error', status)
        answered?.(grpcStatus[status.code])
      },
    )
  }
}

function admitted<Reply>(
  { metadata }: { metadata: Metadata },
  { guard }: Door,
  answer: () => Promise<Reply>,
): Promise<Reply> {
  return guard === undefined ? answer() : guard(metadata.get('authorization')[0]?.toString()).then(answer)
}

function callOf(stream: { getPath(): string }, type: 'UNARY' | 'SERVER_STREAMING') {
  const [, service = '', method = ''] = stream.getPath().split('/')
  return { service, method, type }
}

type AnyCall = Pick<ServerUnaryCall<unknown, object>, 'cancelled'> & NodeJS.EventEmitter

function contextOf(stream: AnyCall, { runtime, host, listening }: Door): Context {
  let signal: AbortSignal | undefined
  return {
    runtime,
    host,
    port: listening.port,
    // Most calls never ask, and grpc-js says `cancelled` at the end of each.
    get signal() {
      signal ??= signalOf(stream)
      return signal
    },
  }
}

function signalOf(stream: AnyCall): AbortSignal {
  const gone = new AbortController()
  const leave = (): void => gone.abort(callerLeft)
  if (stream.cancelled) leave()
  else stream.once('cancelled', leave)
  return gone.signal
}

/** One for all: making an error costs more than the rest of a short call. */
const callerLeft = new CommitbaseError('unavailable', 'the caller has left')

/** Resolves to true when the reply has been handed to the connection, to false where the caller has gone before. */
function send(stream: ServerWritableStream<unknown, object>, reply: object): Promise<boolean> {
  if (stream.cancelled) return Promise.resolve(false)
  return new Promise((resolve) => {
    const left = (): void => resolve(false)
    stream.once('cancelled', left)
    stream.write(reply, (error?: Error | null) => {
      stream.off('cancelled', left)
      resolve(!error && !stream.cancelled)
    })
  })
}

function fault(error: unknown, { onFault }: Door): ReturnType<typeof statusOf> {
  const status = statusOf(error)
  if (isUnforeseen(error)) onFault(error)
  return status
}

function bind(server: Server, credentials: ServerCredentials, { host, port }: GatewayOptions): Promise<number> {
  // What goes wrong is told to the caller; grpc-js would write it to standard error, too.
  setLogVerbosity(logVerbosity.NONE)
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return new Promise((resolve, reject) => {
    server.bindAsync(`${name}:${port}`, credentials, (error, bound) => {
      if (error === null) resolve(bound)
      else reject(new CommitbaseError('unavailable', bindText(error, host, port), { cause: error }))
    })
  })
}

function bindText(error: Error, host: string, port: number): string {
  const why = messageOf(error)
  if (why.includes('EADDRINUSE'))
    return `port ${port} on ${host} is taken; choose another for the engine with --port of 'commitbase engine', --engine-port of 'npm start'`
  return `the engine cannot listen on ${host}, port ${port}: ${why}`
}

function stop(server: Server, sockets: OpenSockets): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
  return sockets.whenClosed(closed, () => server.forceShutdown())
}
