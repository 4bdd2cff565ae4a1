import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Receipt } from '../../database/receipts/receipt.ts'
import { defaultSettings, type Handler, type HandlerSet } from '../../events/handlers/handler.ts'
import { runGit as runGitAs } from '../../git/commands/git.ts'
import { afterwards } from '../../git/testing/afterwards.ts'
import type { Scope } from '../access/token.ts'
import type { Happening } from '../happening.ts'
import { type Hub, startHub } from '../hub.ts'
import type { HubOptions } from '../hubOptions.ts'

export const repository = 'octo/shop'

/** A hub on any free port, with a folder of its own that goes when the test ends. */
export async function startTestHub(t: TestContext, options: Partial<HubOptions> = {}): Promise<Hub> {
  const folder = options.folder ?? (await newFolder(t))
  const hub = await startHub({ repository, port: 0, handlers: shop, ...options, folder })
  afterwards(t, () => hub.stop())
  return hub
}

export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-hub-'))
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export function handlerSet(handlers: Record<string, Handler>): HandlerSet {
  const loaded = Object.entries(handlers).map(([type, run]) => [type, { run, settings: defaultSettings }] as const)
  return { path: 'test', id: '0'.repeat(40), handlers: new Map(loaded) }
}

/** `restock` puts a product and says so, `look` changes nothing, `break` fails. */
const shop: HandlerSet = handlerSet({
  restock: async (event, tx) => {
    const stock = await tx.upsert('stock', event.data.product)
    tx.publish({ name: 'RESTOCKED', correlationKey: event.data.product._id, variables: { stock } })
    return stock
  },
  look: (event, tx) => tx.get('stock', event.data.id),
  refuse: (_event, tx) => tx.refuse('conflict', 'sold out'),
})

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Asks the hub with its token, or with another `authorization`, or none (`''`). */
export async function ask(
  hub: Hub,
  path: string,
  init: RequestInit & { authorization?: string } = {},
): Promise<Answer> {
  const { authorization = `Bearer ${hub.token}`, ...rest } = init
  const headers = authorization === '' ? {} : { authorization }
  const response = await fetch(`${hub.address}${path}`, { ...rest, headers: { ...headers, ...rest.headers } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

export function dispatch(hub: Hub, type: string, payload: unknown, authorization?: string): Promise<Answer> {
  const body = JSON.stringify({ event_type: type, client_payload: payload })
  return ask(hub, `/repos/${repository}/dispatches`, { method: 'POST', body, authorization })
}

/** A token of the hub's that may do that and no more. */
export async function tokenFor(hub: Hub, ...scopes: Scope[]): Promise<string> {
  const name = `test-${randomUUID()}`
  return (await hub.tokens.create({ name, scopes, repository: hub.repository, expires: null })).secret
}

/** The event's receipt, waited for. */
export async function receiptOf(hub: Hub, id: string): Promise<Receipt> {
  const { status, body } = await ask(hub, `/repos/${repository}/events/${encodeURIComponent(id)}?wait=30000`)
  if (status !== 200) throw new Error(`no receipt of ${id}: ${status} ${JSON.stringify(body)}`)
  return body as Receipt
}

/** Resolves with the first happening from now on that is wanted. */
export function nextHappening(hub: Hub, isWanted: (happening: Happening) => boolean): Promise<Happening> {
  const { promise, resolve } = Promise.withResolvers<Happening>()
  const silence = hub.on((happening) => {
    if (!isWanted(happening)) return
    silence()
    resolve(happening)
  })
  return promise
}

/** An address of the repository that carries the token, as a person may type it. */
export function cloneAddress(hub: Hub, token = hub.token): string {
  return `${hub.address.replace('http://', `http://x-access-token:${token}@`)}/${repository}.git`
}

export interface GitRun {
  readonly status: number
  readonly output: string
  /** What git, and the server through it, said. */
  readonly words: string
}

/** Runs git as a person would, with nobody's settings. */
export async function runGit(folder: string, ...args: string[]): Promise<GitRun> {
  const variables = { ...person, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
  const { status, output, words } = await runGitAs(['-C', folder, ...args], { environment: process.env, variables })
  return { status: status ?? -1, output: output.toString().trim(), words }
}

/** The output of a run that must succeed. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const { status, output, words } = await runGit(folder, ...args)
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${words}`)
  return output
}

const person = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}
