import { hash, randomBytes } from 'node:crypto'

/** What a token is for. `read`: fetch, receipts, the stream. `dispatch`: send events. `write`: both, and push. `admin`: all, and the audit log. */
export const scopes = ['read', 'dispatch', 'write', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** A token as it is kept: what it opens, and no more of the token itself than its hash. */
export interface Token {
  readonly name: string
  /** The token's SHA-256 in hex. It has 256 random bits: no guessing gets from here to there, so no salt or slow hash is needed. */
  readonly hash: string
  readonly scopes: readonly Scope[]
  /** `owner/name`: it is good for this repository only. */
  readonly repository: string
  /** ISO 8601 UTC. */
  readonly created: string
  /** ISO 8601 UTC; `null`: never. */
  readonly expires: string | null
}

/** What each scope allows. */
const allows: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  dispatch: ['dispatch'],
  write: ['read', 'dispatch', 'write'],
  admin: scopes,
}

/** Whether a token may do what needs that scope. */
export function mayDo({ scopes }: Pick<Token, 'scopes'>, needed: Scope): boolean {
  return scopes.some((scope) => allows[scope].includes(needed))
}

export function isExpired({ expires }: Pick<Token, 'expires'>, now: number): boolean {
  return expires !== null && Date.parse(expires) <= now
}

/** Whether two names, `owner/name`, are one repository's: as on GitHub, letter case does not matter. */
export function isSameRepository(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** A new secret. The word in front tells a person, and a scanner for secrets, what they found. */
export function newSecret(): string {
  return `commitbase_${randomBytes(32).toString('base64url')}`
}

export function hashOf(secret: string): string {
  return hash('sha256', secret)
}

/** Reads a token's file. Nothing where it is none. */
export function parseToken(text: string): Token | undefined {
  const { name, hash, scopes, repository, created, expires } = objectIn(text)
  const isWhole =
    isName(name) &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    Array.isArray(scopes) &&
    scopes.every(isScope) &&
    typeof repository === 'string' &&
    typeof created === 'string' &&
    (expires === null || (typeof expires === 'string' && !Number.isNaN(Date.parse(expires))))
  return isWhole ? { name, hash, scopes, repository, created, expires } : undefined
}

export function isScope(value: unknown): value is Scope {
  return scopes.includes(value as Scope)
}

/** A name is a file's name, too. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
