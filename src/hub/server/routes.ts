import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Receipt } from '../../database/receipts/receipt.ts'
import type { Environment } from '../../git/commands/git.ts'
import type { PushedRef } from '../happening.ts'
import type { Happenings } from '../happenings.ts'
import type { Intake } from '../intake/intake.ts'
import type { Storage } from '../openStorage.ts'
import { backendOptions } from '../pushes/backendOptions.ts'
import { pushExclusively } from '../pushes/pushExclusively.ts'
import type { PushTurns } from '../pushes/pushTurns.ts'
import { auditRoute } from './routes/audit.ts'
import { dispatchRoute } from './routes/dispatch.ts'
import { eventsRoute } from './routes/events.ts'
import { gitRoutes } from './routes/git.ts'
import { repositoryRoute } from './routes/repository.ts'
import { streamRoute } from './routes/stream.ts'
import { timeRoute } from './routes/time.ts'

export interface RouteOptions {
  /** `owner/name`. */
  readonly repository: string
  readonly basedir: string
  readonly environment: Environment
  readonly pushLimit: number
  readonly clock: () => number
  readonly newId: () => string
  readonly storage: Storage
  readonly intake: Intake
  readonly happenings: Happenings
  readonly address: () => string
  readonly stopped: AbortSignal
  readonly findReceipt: (source: string, id: string) => Promise<Receipt | undefined>
  readonly mayStill: (request: FastifyRequest) => boolean
  readonly onPushed: (refs: readonly PushedRef[]) => void
  readonly pushTurns: PushTurns
}

/** Everything that can be asked of a hub. */
export function addRoutes(server: FastifyInstance, options: RouteOptions): void {
  const { repository, storage, basedir, environment, pushLimit, onPushed, pushTurns } = options
  const { layout, branch } = storage
  dispatchRoute(server, options)
  eventsRoute(server, { ...options, seal: (key) => storage.repository.sealEntry(key) })
  streamRoute(server, options)
  timeRoute(server, options.clock)
  auditRoute(server, storage.audit)
  repositoryRoute(server, { repository, branch: branch.replace('refs/heads/', ''), address: options.address })
  gitRoutes(server, {
    folder: layout.git,
    spool: layout.spool,
    git: backendOptions({ environment, branch, basedir, pushLimit }),
    pushLimit,
    seal: () => storage.repository.seal(),
    audit: storage.audit,
    branch,
    turns: pushTurns,
    exclusively: (push) => pushExclusively(push, { ...storage, onPushed }),
  })
}
