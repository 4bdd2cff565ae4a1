import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../refusal.ts'
import type { KnownTokens } from './knownTokens.ts'
import { presentedToken } from './presentedToken.ts'
import { isSameRepository, mayDo, type Scope, type Token } from './token.ts'

export interface Need {
  /** What the request does. */
  readonly scope: Scope
  /** The repository that it names, `owner/name`. */
  readonly asked: string
  readonly documentation?: string
  /** How git learns that it may ask its user. */
  readonly challenge?: string
}

/**
 * Lets a request pass, and gives the token that it passes by, or throws the refusal that GitHub gives: 401 to a stranger, 404 for
 * a repository that is not here or is not the token's (names ignore letter case), 403 to a token that may do less.
 */
export function authorize(headers: IncomingHttpHeaders, known: KnownTokens, repository: string, need: Need): Token {
  const { documentation, challenge } = need
  const asking = challenge ? { headers: { 'www-authenticate': challenge } } : {}
  if (!headers.authorization) throw new Refusal(401, 'Requires authentication', { documentation, ...asking })
  const secret = presentedToken(headers.authorization)
  const token = secret === undefined ? undefined : known.find(secret)
  if (!token) throw new Refusal(401, 'Bad credentials', asking)
  const details = { documentation, token: token.name }
  const isItsOwn = isSameRepository(token.repository, repository) && isSameRepository(need.asked, repository)
  if (!isItsOwn) throw new Refusal(404, 'Not Found', details)
  if (!mayDo(token, need.scope)) throw new Refusal(403, 'Resource not accessible by personal access token', details)
  return token
}
