import { randomUUID } from 'node:crypto'
import { CommitbaseError } from '../errors.ts'
import type { Publisher } from '../events/messages/message.ts'
import { compileResource } from './compile/compileResource.ts'
import { startGateway } from './gateway/server.ts'
import type { HttpServer } from './httpServer.ts'
import type { ManagementOptions, startManagement } from './management/server.ts'
import type { RecordOptions, Records } from './records/recordLog.ts'
import type { RestOptions, startRest } from './rest/server.ts'
import { type Clock, systemClock } from './runtime/clock.ts'
import { CommandRejected } from './runtime/commandRejected.ts'
import { publisherTo } from './runtime/publisher.ts'
import { Runtime } from './runtime/runtime.ts'
import type { AuthenticationOptions } from './security/authentication.ts'
import type { TlsOptions } from './security/certificate.ts'
import type { Guard } from './security/guard.ts'
import type { EngineStore } from './storage/store.ts'

export interface EngineOptions {
  readonly store: EngineStore
  /** Default 127.0.0.1: without `security` the protocol is served in plain text and asks for no credentials. */
  readonly host?: string
  /** Default 26500, as Zeebe's gateway; 0: any free port. */
  readonly port?: number
  readonly clock?: Clock
  /** TLS at the gateway, and who may call it and the REST API (and the management port, where that is guarded): by default everybody who can reach them. */
  readonly security?: { readonly tls?: TlsOptions; readonly authentication?: AuthenticationOptions }
  /** Makes the UUID of an engine whose store is empty. */
  readonly newEngineId?: () => string
  /** Is told what went wrong inside, beside the callers that get an error; by default it goes to standard error. */
  readonly onFault?: (error: unknown) => void
  /** Records of all that happens, as Zeebe exports them: into a file, and kept for readers. Without, they are made while somebody reads. */
  readonly records?: RecordOptions
  /** Serves health, clock and records over HTTP; without, no port is opened. */
  readonly management?: ManagementOptions
  /** Serves the REST API; without, no port is opened. */
  readonly rest?: RestOptions
}

export interface RunningEngine {
  /** `host:port`, as a Zeebe client wants it. */
  readonly address: string
  readonly port: number
  readonly engineId: string
  /** For who lives in the same process: messages need no gRPC. */
  readonly publisher: Publisher
  /** What happens, in the form of Zeebe's exports. */
  readonly records: Records
  /** The management port, where it was asked for. */
  readonly management?: Pick<HttpServer, 'address' | 'port'>
  /** The REST API, where it was asked for. */
  readonly rest?: Pick<HttpServer, 'address' | 'port'>
  /** Deploys files by name (`.bpmn`, `.dmn`, `.form`), all or none. Throws `invalid`, in the words in which a client would be refused. */
  deploy(files: readonly { name: string; content: string }[]): Promise<void>
  /** Does what is due by the clock, without waiting for it to say so: for who has moved it. */
  catchUp(): Promise<void>
  /** Finishes what was accepted, sends those who wait away with UNAVAILABLE, and closes the store. */
  stop(): Promise<void>
}

/**
 * Starts the embedded engine on what the store holds: timers that came due meanwhile fire at once, instances that
 * waited still wait. Throws `unavailable` where the port is taken, `invalid` where the store holds no engine's state.
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const { store, host = '127.0.0.1', port = 26500, clock = systemClock } = options
  const { newEngineId = randomUUID, onFault = reportFault, records, security } = options
  // Doors that nobody asked for are not loaded either: they take a fifth of a start.
  const meter = options.management && new (await import('./management/prometheusMeter.ts')).PrometheusMeter()
  const secured = security && (await securedBy(security))
  const watched = { ...(records && { records }), ...(meter && { meter }) }
  const runtime = await Runtime.open({ store, clock, newEngineId, onFault, ...watched })
  const doors: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    const closed = runtime.close()
    await Promise.all(doors.map((door) => door.stop()))
    await closed
  }
  try {
    const gateway = await startGateway({ runtime, host, port, onFault, ...secured, ...(meter && { meter }) })
    doors.push(gateway)
    const management =
      options.management &&
      (await openManagement(options.management, { engine: runtime, clock, meter: meter! }, secured?.guard))
    if (management) doors.push(management)
    const reached = { runtime, gateway: { host, port: gateway.port } }
    const guard = secured?.guard
    const rest = options.rest && (await openRest({ ...options.rest, ...(guard && { guard }) }, reached, onFault))
    if (rest) doors.push(rest)
    let stopped: Promise<void> | undefined
    return {
      address: `${host}:${gateway.port}`,
      port: gateway.port,
      engineId: runtime.engineId,
      publisher: publisherTo(runtime),
      records: runtime.records,
      ...(management && { management }),
      ...(rest && { rest }),
      deploy: (files) => deployTo(runtime, files),
      catchUp: () => runtime.catchUp(),
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function securedBy({
  tls,
  authentication,
}: NonNullable<EngineOptions['security']>): Promise<{ tls?: TlsOptions; guard?: Guard }> {
  if (authentication === undefined) return { ...(tls && { tls }) }
  const { openGuard } = await import('./security/authentication.ts')
  return { ...(tls && { tls }), guard: openGuard(authentication) }
}

async function deployTo(runtime: Runtime, files: readonly { name: string; content: string }[]): Promise<void> {
  const resources = await Promise.all(files.map((file) => compileResource(file)))
  try {
    await runtime.execute({ type: 'DeployResource', resources })
  } catch (error) {
    if (error instanceof CommandRejected) throw new CommitbaseError('invalid', error.message, { cause: error })
    throw error
  }
}

const openManagement: typeof startManagement = async (...given) =>
  (await import('./management/server.ts')).startManagement(...given)

const openRest: typeof startRest = async (...given) => (await import('./rest/server.ts')).startRest(...given)

function reportFault(error: unknown): void {
  console.error('the embedded engine:', error)
}
