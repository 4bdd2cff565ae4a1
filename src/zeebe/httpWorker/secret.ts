import { isLoopback } from '../endpoint.ts'

/** A secret worker variable: its value, and the hosts that it may be sent to. */
export interface Secret {
  readonly value: string
  /** See `mayGoTo`; `*` alone makes it public: it may go anywhere, and is not masked. */
  readonly hosts: readonly string[]
}

export type Secrets = ReadonlyMap<string, Secret>

/** Where secrets come from. Asked for each job, so that a changed one needs no restart. Throws `unavailable` while they cannot be read. */
export interface SecretSource {
  read(): Promise<Secrets>
}

/** Secrets that are given once and for all. */
export function fixedSecrets(secrets: Readonly<Record<string, Secret>>): SecretSource {
  const map = new Map(Object.entries(secrets))
  return { read: async () => map }
}

/** A shorter one cannot be masked in an answer without wrecking it, so it is not sent. */
const shortest = 4

function isPublic(secret: Secret): boolean {
  return secret.hosts.includes('*')
}

/** What must never be seen: the values of all secrets that are not public. */
export function valuesToMask(secrets: Secrets): string[] {
  return [...secrets.values()]
    .filter((secret) => !isPublic(secret) && secret.value.length >= shortest)
    .map(({ value }) => value)
}

/**
 * Why a secret may not go to a URL; undefined where it may. A binding is `api.github.com` (any port), `host:8080`, `*.example.com`, or an
 * origin such as `http://host:8080`. Plain text is for this machine only, unless the binding is an `http://` origin.
 */
export function whyNot(name: string, secret: Secret, url: URL): string | undefined {
  if (isPublic(secret)) return undefined
  if (secret.value.length < shortest) {
    return `secret ${name} is shorter than ${shortest} characters, so that an answer with it could not be masked; if it is no secret, bind it to '*'`
  }
  if (secret.hosts.length === 0) return `secret ${name} is bound to no host; ${bindIt(name, url)}`
  const reasons = secret.hosts.map((host) => whyNotTo(host, url))
  if (reasons.includes(undefined)) return undefined
  if (reasons.includes('plain')) return `secret ${name} may not travel to ${url.host} in plain text: use https`
  return `secret ${name} may go to ${secret.hosts.join(', ')}, not to ${url.host}; ${bindIt(name, url)}`
}

function whyNotTo(binding: string, url: URL): 'plain' | 'other' | undefined {
  if (binding.includes('://')) return URL.parse(binding)?.origin === url.origin ? undefined : 'other'
  if (!isHost(binding.toLowerCase(), url)) return 'other'
  return url.protocol === 'https:' || isLoopback(url.hostname) ? undefined : 'plain'
}

function isHost(binding: string, url: URL): boolean {
  if (binding.startsWith('*.'))
    return url.hostname.endsWith(binding.slice(1)) && url.hostname.length > binding.length - 1
  if (binding === url.hostname || binding === url.host) return true
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return binding === `${url.hostname}:${port}`
}

function bindIt(name: string, url: URL): string {
  return `if it should go there, bind it: SECRET_HOSTS='${name}=${url.host}'`
}
