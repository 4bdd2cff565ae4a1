import { CommitbaseError } from '../../errors.ts'
import { type BasicOptions, basicGuard } from './basic.ts'
import type { Guard } from './guard.ts'
import { type TokenOptions, tokenGuard } from './token.ts'

/** Who may call: by user and password, or by a token. */
export interface AuthenticationOptions {
  readonly basic?: BasicOptions
  readonly token?: TokenOptions
}

/** A caller with credentials of either kind gets in, where both are asked for. Throws `invalid` for options that let nobody in. */
export function openGuard({ basic, token }: AuthenticationOptions): Guard {
  const byBasic = basic && basicGuard(basic)
  const byToken = token && tokenGuard(token)
  if (byBasic && byToken) {
    return (authorization) => (/^Basic /i.test(authorization ?? '') ? byBasic : byToken)(authorization)
  }
  const guard = byBasic ?? byToken
  if (guard === undefined) {
    throw new CommitbaseError('invalid', 'authentication needs a user and password (`basic`), or a `token`')
  }
  return guard
}
