import type { Receipt } from '../database/receipts/receipt.ts'
import { defaultSource } from '../events/dispatch.ts'
import { findReceipt } from '../events/findReceipt.ts'
import { openRemote } from '../git/remote/remote.ts'
import type { Repository } from '../git/repository.ts'
import { dispatch } from '../github/dispatch.ts'
import type { Hub } from '../hub/hub.ts'
import { readRecords } from './readRecords.ts'

/** Where events are dispatched to, and what became of them is read: the hub, or GitHub. */
export interface Target {
  /** owner/name. */
  readonly repository: string
  readonly token: string
  /** The address of the dispatch endpoint's API. */
  readonly api: string
  dispatch(eventType: string, payload: Readonly<Record<string, unknown>>): Promise<void>
  findReceipt(id: string): Promise<Receipt | undefined>
  readRecords(table: string, ids: readonly string[]): Promise<(Readonly<Record<string, unknown>> | undefined)[]>
  close(): Promise<void>
}

/** A hub that runs in this process: what it committed is read in its own repository. */
export function hubTarget(hub: Hub): Target {
  const reading = { repository: hub.repository, token: hub.token, api: hub.address }
  return targetOn(reading, hub.gitRepository, async () => {})
}

export interface GitHubSettings {
  readonly repository: string
  readonly token: string
  readonly api: string
  readonly server: string
}

/** GitHub, where the environment names a repository and a token: its Actions commit, and what they committed is fetched. */
export function gitHubFromEnvironment(env: Readonly<Record<string, string | undefined>>): GitHubSettings | undefined {
  const repository = env.GITHUB_REPOSITORY
  const token = env.GITHUB_TOKEN ?? env.GH_TOKEN
  if (!repository || !token) return undefined
  const api = env.GITHUB_API_URL || 'https://api.github.com'
  return { repository, token, api, server: env.GITHUB_SERVER_URL || 'https://github.com' }
}

export async function gitHubTarget(settings: GitHubSettings): Promise<Target> {
  const { repository, token, server } = settings
  const remote = await openRemote({ url: `${server}/${repository}.git`, token, environment: process.env })
  return targetOn(settings, remote, () => remote.close())
}

function targetOn(
  { repository, token, api }: Pick<Target, 'repository' | 'token' | 'api'>,
  read: Repository,
  close: () => Promise<void>,
): Target {
  return {
    repository,
    token,
    api,
    dispatch: (eventType, payload) => dispatch({ repository, token, baseUrl: api }, { eventType, payload }),
    findReceipt: (id) => findReceipt(read, defaultSource(repository), id),
    readRecords: (table, ids) => readRecords(read, table, ids),
    close,
  }
}
