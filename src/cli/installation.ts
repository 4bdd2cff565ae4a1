import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createControlledClock } from '../engine/runtime/controlledClock.ts'
import { type EngineOptions as EmbeddedOptions, type RunningEngine, startEngine } from '../engine/start.ts'
import { createGitStore } from '../engine/storage/gitStore.ts'
import { CommitbaseError } from '../errors.ts'
import type { HandlerSet } from '../events/handlers/handler.ts'
import { commitbase } from '../git/objects/ownCommits.ts'
import { type Closing, closeAll } from '../hub/closeAll.ts'
import { type Hub, startHub } from '../hub/hub.ts'
import { connect, type Engine } from '../zeebe/connect.ts'
import type { EngineOptions } from '../zeebe/engineOptions.ts'
import { type HttpWorkerLog, type HttpWorkerOptions, startHttpWorker } from '../zeebe/httpWorker/start.ts'
import { publisherTo } from '../zeebe/publish.ts'
import { topology } from '../zeebe/topology.ts'
import { addressesFile } from './engineAddress.ts'
import { ownWay } from './ownWay.ts'

export interface InstallationOptions {
  /** The data folder; made where it is not there. */
  readonly folder: string
  readonly port: number
  /** Where the hub listens (default: 127.0.0.1). The engine, which asks nobody for a token, always listens on 127.0.0.1. */
  readonly host?: string
  /** Names under which the hub may be asked. */
  readonly hosts?: readonly string[]
  /** What may do everything at the hub while it runs (default: a new one). */
  readonly token?: string
  readonly enginePort: number
  /** The embedded engine's health, clock and records (default: not served). */
  readonly management?: Embedded['management']
  /** The embedded engine's REST API (default: not served). */
  readonly rest?: Embedded['rest']
  /** TLS at the embedded engine's gateway, and who may call its doors (default: plain text, and whoever can reach them). */
  readonly security?: Embedded['security']
  /** A file that gets every record of the embedded engine. */
  readonly records?: string
  /** The embedded engine's clock can be moved, at the management port. */
  readonly controlledClock?: boolean
  /** owner/name. */
  readonly repository: string
  readonly handlers: HandlerSet
  /** An engine elsewhere, instead of the embedded one. */
  readonly elsewhere?: EngineOptions
  readonly log: (message: string) => void
}

type Embedded = Pick<EmbeddedOptions, 'management' | 'rest' | 'security'>

/** A hub with an engine, on one data folder of one machine. */
export interface Installation {
  readonly hub: Hub
  readonly engine: Engine
  /** The embedded engine; nothing where another one is used. */
  readonly embedded?: RunningEngine
  /** Starts the HTTP worker: it takes the jobs that were waiting. */
  startHttpWorker(options: Pick<HttpWorkerOptions, 'secrets' | 'map' | 'allow' | 'jobTimeout'>): void
  /** Closes something of its user's before what the installation itself is made of. */
  onStop(close: () => Promise<unknown>): void
  /** Finishes what was accepted, then lets go of the folder. */
  stop(): Promise<void>
}

/** Starts the hub and, on its repository, the embedded engine; then sends the engine the messages that are owed. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { folder, port, host, hosts, token, repository, handlers, log } = options
  const opened: Closing[] = []
  const stop = () => closeAll(opened.splice(0).reverse(), log)
  try {
    const hub = await startHub({ folder, port, host, hosts, token, repository, handlers, log })
    opened.push({ name: 'the hub', close: () => hub.stop() })
    const way = await ownWay(options.security)
    const embedded = options.elsewhere ? undefined : await startEmbedded(hub, { ...options, ...way.security })
    if (embedded) opened.push({ name: 'the engine', close: () => embedded.stop() })
    const engine = connect(options.elsewhere ?? way.to(embedded!))
    opened.push({ name: 'the connection to the engine', close: () => engine.close() })
    if (options.elsewhere) await expectAnswer(engine)
    hub.publishTo(embedded?.publisher ?? publisherTo(engine))
    await writeAddresses(folder, hub, engine)
    const forget = () => rm(join(folder, addressesFile), { force: true })
    opened.push({ name: 'the file of addresses', close: forget })
    const startWorker: Installation['startHttpWorker'] = (worker) => {
      const running = startHttpWorker({ jobTimeout, ...worker, engine, log: (_message, entry) => logJob(entry, log) })
      opened.push({ name: 'the HTTP worker', close: () => running.stop() })
    }
    const onStop = (close: () => Promise<unknown>) => void opened.push({ name: 'a worker', close })
    return { hub, engine, ...(embedded ? { embedded } : {}), startHttpWorker: startWorker, onStop, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function expectAnswer(engine: Engine): Promise<void> {
  try {
    await topology(engine)
  } catch (error) {
    throw new CommitbaseError(
      'unavailable',
      `no engine answers at ${engine.address}: start it, mend ZEEBE_ADDRESS and its credentials, or unset it to use the embedded engine`,
      { cause: error },
    )
  }
}

/** Milliseconds: a job that a crash cut short comes again after them. The worker asks for more while it has the job. */
const jobTimeout = 10_000

function logJob({ level, message, elementId }: HttpWorkerLog, log: (message: string) => void): void {
  if (level !== 'info') log(`${elementId ?? 'the HTTP worker'}: ${message}`)
}

function startEmbedded(hub: Hub, options: InstallationOptions): Promise<RunningEngine> {
  const { enginePort, management, rest, security, records, controlledClock, log } = options
  const author = { ...commitbase, name: 'Commitbase engine' }
  const store = createGitStore({ repository: hub.gitRepository, writer: hub.writer, author, clock: Date.now })
  return startEngine({
    store,
    port: enginePort,
    onFault: (error) => log(`the engine: ${String(error)}`),
    ...(management && { management }),
    ...(rest && { rest }),
    ...(security && { security }),
    ...(records !== undefined && { records: { file: records } }),
    ...(controlledClock && { clock: createControlledClock() }),
  })
}

async function writeAddresses(folder: string, hub: Hub, engine: Engine): Promise<void> {
  const addresses = { hub: hub.address, engine: engine.address, repository: hub.repository, pid: process.pid }
  await writeFile(join(folder, addressesFile), `${JSON.stringify(addresses, null, 2)}\n`, { mode: 0o600 })
}
