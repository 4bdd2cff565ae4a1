import { CommitbaseError } from '../errors.ts'
import type { HandlerSet } from '../events/handlers/handler.ts'
import type { Publisher } from '../events/messages/message.ts'
import type { Environment } from '../git/commands/git.ts'
import { printable } from './printable.ts'

export interface HubOptions {
  /** Where everything is kept: made where it is not there; a mirror clone is taken as it is. */
  readonly folder: string
  /** `owner/name`, as it would be on GitHub. */
  readonly repository: string
  /** 0: any free port. */
  readonly port: number
  /** Default: `127.0.0.1`. Others can reach another one: then there must be a token for this repository already. */
  readonly host?: string
  /** Names under which the hub may be asked, beside addresses and localhost (`Host`). */
  readonly hosts?: readonly string[]
  /** Connections at a time (default: 1,000). */
  readonly connections?: number
  /** What may do everything while the hub runs, 32 characters or more (default: a new one); it is written nowhere. */
  readonly token?: string
  readonly handlers?: HandlerSet
  /** Where messages go; without one they wait in the receipts. */
  readonly publisher?: Publisher
  /** The folder of the database in the repository (default: `db`). */
  readonly basedir?: string
  /** The branch of a new repository (default: `main`). */
  readonly branch?: string
  /** Events that may wait to be applied (default: 5,000). */
  readonly capacity?: number
  /** Bytes of a push (default: 512 MiB). */
  readonly pushLimit?: number
  /** Of git's processes (default: this process's). */
  readonly environment?: Environment
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** Told of what went wrong and has nobody else to be told to (default: standard error). */
  readonly log?: (message: string, error?: unknown) => void
}

/** The options, with what holds where they say nothing. */
export type Settings = Required<Omit<HubOptions, 'token' | 'handlers' | 'publisher' | 'branch'>> & HubOptions

/** Throws `invalid` for a name or a token that is none. */
export function withDefaults(options: HubOptions): Settings {
  if (!/^(?!-|\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+(?<!\.git)$/.test(options.repository)) {
    throw new CommitbaseError('invalid', `a repository is called owner/name; got '${options.repository.slice(0, 80)}'`)
  }
  if (options.branch !== undefined && !/^(?!-)[\w./-]+$/.test(options.branch))
    throw new CommitbaseError(
      'invalid',
      `'${options.branch.slice(0, 80)}' is no name for a branch; choose one such as main`,
    )
  if (options.token !== undefined && !/^[!-~]{32,}$/.test(options.token))
    throw new CommitbaseError('invalid', "the hub's token must have 32 characters or more, and no spaces")
  return {
    host: '127.0.0.1',
    hosts: [],
    connections: 1_000,
    basedir: 'db',
    capacity: 5_000,
    pushLimit: 512 << 20,
    environment: process.env,
    clock: Date.now,
    log: (message) => void process.stderr.write(`${printable(message, { lines: true })}\n`),
    ...dropUndefined(options),
  }
}

function dropUndefined(options: HubOptions): HubOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as HubOptions
}
