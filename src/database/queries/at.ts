import { CommitbaseError } from '../../errors.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import { shown } from '../json/json.ts'

/**
 * The commit that an `at` means: its id or the first 7 digits of it or more, or what the branch was at an ISO 8601 time
 * (`BranchHistory.newestUntil`); `null` where that is before the first, when nothing was there. A time without a zone is UTC, and
 * git keeps whole seconds. Throws `invalid` for what is neither or for digits that more than one commit
 * has, `not_found` for a commit that the branch does not lead to.
 */
export async function commitAt(history: BranchHistory, at: unknown, what = 'at'): Promise<Oid | null> {
  if (isDigits(at)) return await commitOf(history, at, what)
  const time = typeof at === 'string' ? timeOf(at) : undefined
  if (time === undefined)
    throw new CommitbaseError(
      'invalid',
      `${what} must be a commit's id (7 to 40 hex digits) or an ISO 8601 time such as 2026-01-31T12:00:00Z; got ${shown(at)}`,
    )
  return (await history.newestUntil(Math.floor(time / 1_000))) ?? null
}

/** The same of a commit's id alone. */
export async function commitNamed(history: BranchHistory, id: unknown, what: string): Promise<Oid> {
  if (isDigits(id)) return await commitOf(history, id, what)
  throw new CommitbaseError('invalid', `${what} must be a commit's id (7 to 40 hex digits); got ${shown(id)}`)
}

function isDigits(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{7,40}$/i.test(text)
}

async function commitOf(history: BranchHistory, given: string, what: string): Promise<Oid> {
  const digits = given.toLowerCase()
  if (digits.length === 40 && (await history.has(digits))) return digits
  const [commit, other] = digits.length === 40 ? [] : await history.startingWith(digits)
  if (commit && other)
    throw new CommitbaseError(
      'invalid',
      `${what}: '${digits}' begins more than one commit: ${commit} and ${other}; give more digits`,
    )
  if (commit) return commit
  throw new CommitbaseError(
    'not_found',
    `${what}: '${digits}' is no commit of this branch; give one that leads to its newest`,
  )
}

/** Milliseconds since 1970; nothing where the text is no such time, or names a day that its month does not have. */
function timeOf(text: string): number | undefined {
  const [, day, clock = 'T00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (day === undefined || !isDay(day)) return undefined
  const time = Date.parse(`${day}${clock.replace(',', '.').replace(/(\.\d{3})\d+$/, '$1')}${withMinutes(zone)}`)
  return Number.isNaN(time) ? undefined : time
}

/** JavaScript takes the 31st of February for a day in March. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

function withMinutes(zone: string): string {
  const [, hours, minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone) ?? []
  return hours === undefined ? zone : `${hours}:${minutes}`
}
