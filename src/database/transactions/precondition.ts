import { CommitbaseError } from '../../errors.ts'
import { isObject, shown } from '../json/json.ts'
import type { Table } from '../tables/table.ts'

/**
 * The blob id that the one record must have which a write concerns; or, for more than one, the blob id of each by its `_id`: they
 * must be exactly these.
 */
export type IfMatch = string | Readonly<Record<string, string>>

/** What a write asks of the records that it finds. */
export interface Precondition {
  readonly ifMatch?: IfMatch
  /** The record that would be written must not be there. */
  readonly ifAbsent?: boolean
}

/** A record as a write finds it. */
interface Found {
  readonly id: string
  /** Nothing where there is no record. */
  readonly blob: string | undefined
}

/** Checks and copies what came. Throws `invalid`. */
export function takePrecondition({ ifMatch, ifAbsent }: Precondition): Precondition {
  const blobs = typeof ifMatch === 'string' ? [ifMatch] : isObject(ifMatch) ? Object.values(ifMatch) : []
  if (ifMatch !== undefined && (blobs.length === 0 || !blobs.every(isBlob)))
    throw new CommitbaseError(
      'invalid',
      `ifMatch must be a blob id (40 hex digits), or one for each _id; got ${shown(ifMatch)}`,
    )
  if (ifAbsent !== undefined && typeof ifAbsent !== 'boolean')
    throw new CommitbaseError('invalid', `ifAbsent must be true or false; got ${shown(ifAbsent)}`)
  if (ifAbsent && ifMatch !== undefined)
    throw new CommitbaseError('invalid', 'ifMatch and ifAbsent exclude each other; give one')
  return { ifMatch: typeof ifMatch === 'string' ? ifMatch : ifMatch && { ...ifMatch }, ifAbsent }
}

/** Throws `conflict` where the record of that id is not as a write asks. */
export function checkPrecondition(table: Table, id: string, { ifMatch, ifAbsent }: Precondition): void {
  if (ifMatch !== undefined) checkMatches(table, [id], ifMatch)
  const blob = ifAbsent ? table.blob(id) : undefined
  if (blob !== undefined) refuseThere(table.name, id, blob)
}

/** Throws `conflict`, with both blob ids, where the records that a write concerns are not those that `ifMatch` says. */
export function checkMatches(table: Table, ids: readonly string[], ifMatch: IfMatch): void {
  const found = ids.map((id) => ({ id, blob: table.blob(id) }))
  checkMatch(table.name, found, ifMatch)
}

function checkMatch(table: string, found: readonly Found[], ifMatch: IfMatch): void {
  const wanted = typeof ifMatch === 'string' ? ofOne(table, found, ifMatch) : new Map(Object.entries(ifMatch))
  for (const { id, blob } of found) if (blob !== wanted.get(id)) throw differs(table, id, blob, wanted.get(id))
  for (const [id, blob] of wanted)
    if (!found.some((record) => record.id === id)) throw differs(table, id, undefined, blob)
}

function refuseThere(table: string, id: string, blob: string): never {
  throw new CommitbaseError(
    'conflict',
    `'${id}' is in ${table} already (its blob is ${blob}); change that record, or choose another _id`,
  )
}

function ofOne(table: string, found: readonly Found[], blob: string): ReadonlyMap<string, string> {
  const [only] = found
  if (only && found.length === 1) return new Map([[only.id, blob]])
  throw new CommitbaseError(
    'conflict',
    only
      ? `ifMatch is the blob id of one record (${blob}), and the write concerns ${found.length} of ${table}: give the blob id of each by its _id`
      : `there is no such record in ${table}: ifMatch is ${blob}, and the record's blob is none; it may be gone`,
  )
}

function differs(table: string, id: string, blob: string | undefined, wanted: string | undefined): CommitbaseError {
  const isNow =
    blob === undefined
      ? `'${id}' is not among the records of ${table}: its blob is none`
      : `'${id}' in ${table} has the blob ${blob}`
  return new CommitbaseError('conflict', `${isNow}, and ifMatch is ${wanted ?? 'none'}; read it again`)
}

function isBlob(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)
}
