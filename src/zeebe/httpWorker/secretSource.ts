import { readFile } from 'node:fs/promises'
import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Environment } from '../engineOptions.ts'
import { type Mapping, mappedHosts } from './originMap.ts'
import type { Secret, SecretSource, Secrets } from './secret.ts'

export interface SecretSettings {
  /**
   * `ZEEBE_ENV_<name>` and `SECRET_<name>` are secrets. `SECRET_HOSTS` says where they may go: `Name=host,host;Other=host` (see `whyNot`). `SECRETS_FILE`
   * is a JSON file `{"Name": "value"}` or `{"Name": {"value", "hosts"}}`. `ENV_VARS_URL` answers `[{"key", "value"}]` and is asked again after
   * `ENV_VARS_RELOAD_RATE` milliseconds (15,000, as the worker of old had it), like the file.
   */
  readonly env: Environment
  readonly map: readonly Mapping[]
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  readonly fetch?: typeof fetch
}

/** The secrets of all three places: the environment's, overwritten by the file's, overwritten by the URL's. Throws `invalid` for settings that are wrong. */
export function secretsFrom(settings: SecretSettings): SecretSource {
  const { env, map, clock = Date.now } = settings
  const bindings = { ...defaultBindings(map), ...parseBindings(env.SECRET_HOSTS) }
  const rate = reloadRate(env)
  let last: { secrets: Secrets; at: number } | undefined
  let reading: Promise<Secrets> | undefined
  const read = async () => {
    const secrets = await readAll(settings, bindings)
    last = { secrets, at: clock() }
    return secrets
  }
  return {
    async read() {
      if (last && clock() - last.at < rate) return last.secrets
      reading ??= read().finally(() => {
        reading = undefined
      })
      return await reading.catch((error) => last?.secrets ?? Promise.reject(error))
    },
  }
}

/** `GitHubToken` is for GitHub's API, and for what stands in for it. */
function defaultBindings(map: readonly Mapping[]): Bindings {
  return { GitHubToken: ['api.github.com', ...mappedHosts(map, 'https://api.github.com')] }
}

type Bindings = Readonly<Record<string, readonly string[]>>

async function readAll({ env, fetch: send = fetch }: SecretSettings, bindings: Bindings): Promise<Secrets> {
  const found = new Map<string, Secret>(
    Object.entries(environmentSecrets(env)).map(([name, value]) => [name, { value, hosts: hostsOf(bindings, name) }]),
  )
  const add = (secrets: Record<string, { value: string; hosts?: readonly string[] }>) => {
    for (const [name, { value, hosts }] of Object.entries(secrets))
      found.set(name, { value, hosts: hosts ?? hostsOf(bindings, name) })
  }
  if (env.SECRETS_FILE) add(await fileSecrets(env.SECRETS_FILE))
  if (env.ENV_VARS_URL) add(await urlSecrets(env.ENV_VARS_URL, send))
  return found
}

function hostsOf(bindings: Bindings, name: string): readonly string[] {
  return Object.hasOwn(bindings, name) ? bindings[name]! : []
}

/** The prefixes in any case, as the worker of old had it. */
function environmentSecrets(env: Environment): Record<string, string> {
  const entries = Object.entries(env).flatMap(([key, value]) => {
    const name = /^(?:ZEEBE_ENV_|SECRET_)(.+)$/i.exec(key)?.[1]
    return name === undefined || value === undefined || value.trim() === '' || key === 'SECRET_HOSTS'
      ? []
      : [[name, value.trim()] as const]
  })
  return Object.fromEntries(entries)
}

async function fileSecrets(path: string): Promise<Record<string, { value: string; hosts?: string[] }>> {
  const content = await readFile(path, 'utf8').catch((cause) => {
    throw new CommitbaseError('unavailable', `the secrets' file ${path} cannot be read: check SECRETS_FILE`, { cause })
  })
  const entries = Object.entries(asObject(parse(content, path), path))
  return Object.fromEntries(entries.map(([name, item]) => [name, fileSecret(name, item, path)]))
}

function fileSecret(name: string, item: unknown, path: string): { value: string; hosts?: string[] } {
  if (typeof item === 'string') return { value: item.trim() }
  const { value, hosts } = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {}
  const hostsAreTexts = hosts === undefined || (Array.isArray(hosts) && hosts.every((host) => typeof host === 'string'))
  if (typeof value !== 'string' || !hostsAreTexts) {
    throw new CommitbaseError(
      'invalid',
      `in ${path}, secret ${name} must be a text or {"value": text, "hosts": [text]}`,
    )
  }
  return { value: value.trim(), ...(hosts === undefined ? {} : { hosts: hosts as string[] }) }
}

/** Only the origin is named in errors: the rest of the URL may hold a credential. */
async function urlSecrets(
  url: string,
  send: typeof fetch,
): Promise<Record<string, { value: string; hosts?: string[] }>> {
  const where = `ENV_VARS_URL at ${URL.parse(url)?.origin}`
  try {
    const response = await send(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    if (response.status !== 200) throw new Error(`it answered ${response.status}`)
    const list = parse(await response.text(), where)
    if (!Array.isArray(list)) throw new Error('it did not answer a list [{"key", "value"}]')
    return Object.fromEntries(
      list
        .filter((item) => typeof item?.key === 'string' && item.value != null)
        .map(({ key, value, hosts }) => [key, urlSecret(value, hosts)]),
    )
  } catch (error) {
    throw new CommitbaseError('unavailable', `the worker variables of ${where} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

function urlSecret(value: unknown, hosts: unknown): { value: string; hosts?: string[] } {
  return { value: String(value).trim(), ...(Array.isArray(hosts) ? { hosts: hosts.map(String) } : {}) }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error)
}

/** What does not parse may hold secrets: it is not quoted, and the parser's error, which quotes it, not kept. */
function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommitbaseError('invalid', `${where} does not hold JSON`)
  }
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CommitbaseError('invalid', `the secrets' file ${path} must hold an object {"Name": "value"}`)
}

/** `Name=host,host;Other=host`. */
function parseBindings(text = ''): Bindings {
  const parts = text.split(';').map((part) => part.trim())
  return Object.fromEntries(
    parts.filter(Boolean).map((part) => {
      const [name, hosts] = [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1)]
      if (!part.includes('=') || name === '')
        throw new CommitbaseError('invalid', `SECRET_HOSTS is Name=host,host;Other=host; got '${part}'`)
      return [
        name,
        hosts
          .split(',')
          .map((host) => host.trim())
          .filter(Boolean),
      ]
    }),
  )
}

function reloadRate(env: Environment): number {
  const given = env.ENV_VARS_RELOAD_RATE?.trim()
  if (!given) return 15_000
  const rate = Number(given)
  if (!(rate >= 0))
    throw new CommitbaseError('invalid', `ENV_VARS_RELOAD_RATE is a number of milliseconds; got '${given}'`)
  return rate
}
