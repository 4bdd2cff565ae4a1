import type { IncomingHttpHeaders } from 'node:http'
import { presentedTokens } from './presentedTokens.ts'
import { notFound, Refusal } from './refusal.ts'
import type { Permission, PermissionOf } from './tokens.ts'

export interface Need {
  /** What the request does. */
  readonly permission: Permission
  /** The repository that it names, `owner/name`. */
  readonly asked: string
  readonly documentation?: string
  /** How git learns that it may ask its user. */
  readonly challenge?: string
}

/**
 * Lets a request pass or throws the refusal that GitHub gives: 401 to a stranger, 404 for a repository that is not here
 * (names ignore letter case), 403 to a token that may only read.
 */
export function authorize(
  headers: IncomingHttpHeaders,
  permissionOf: PermissionOf,
  repository: string,
  need: Need,
): void {
  const { documentation, challenge } = need
  const asking = challenge ? { headers: { 'www-authenticate': challenge } } : {}
  if (!headers.authorization) throw new Refusal(401, 'Requires authentication', { documentation, ...asking })
  const allowed = presentedTokens(headers.authorization).map(permissionOf)
  if (!allowed.some(Boolean)) throw new Refusal(401, 'Bad credentials', asking)
  if (need.asked.toLowerCase() !== repository.toLowerCase()) throw notFound(documentation)
  if (need.permission === 'write' && !allowed.includes('write')) {
    throw new Refusal(403, 'Resource not accessible by personal access token', { documentation })
  }
}
