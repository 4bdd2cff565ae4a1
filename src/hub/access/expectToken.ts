import { CommitbaseError } from '../../errors.ts'
import { isExpired, isSameRepository } from './token.ts'
import type { TokenStore } from './tokenStore.ts'

export interface Door {
  /** Where the hub is to listen. */
  readonly host: string
  /** `owner/name`. */
  readonly repository: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Who opens a door to others than this machine must have said whom it is for. Throws `invalid` where no token is good for it. */
export async function expectToken(tokens: TokenStore, { host, repository, now }: Door): Promise<void> {
  if (isLoopback(host)) return
  const all = await tokens.list()
  if (all.some((token) => isSameRepository(token.repository, repository) && !isExpired(token, now))) return
  throw new CommitbaseError(
    'invalid',
    `others could reach the hub at ${host}, and there is no token for ${repository}: make one with 'npx commitbase token create <name> --scope write', or listen on 127.0.0.1`,
  )
}

/** 127.0.0.0/8, ::1 (RFC 6890), and the name for them. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
