import { readJson } from '../../readJson.ts'
import { type GitObject, makeObject, type Oid } from '../objects/object.ts'
import { leaseRef } from './lease.ts'

/** What waits to be evaluated by whoever holds the lease: a ref for each entry, by its key. */
export const inboxFolder = 'refs/commitbase/inbox/'

export interface InboxEntry {
  /** The writer that waits for it; nothing where that one is gone. */
  readonly owner?: string
  /** ISO 8601 UTC, by its writer's clock: entries are evaluated in that order. */
  readonly entered: string
  /** What is asked for, in the words of the room above. */
  readonly request: unknown
}

export function encodeEntry({ owner, entered, request }: InboxEntry): GitObject {
  return makeObject('blob', Buffer.from(`${JSON.stringify({ owner, entered, request })}\n`))
}

/** Nothing where the object is no entry. */
export function decodeEntry({ type, body }: GitObject): InboxEntry | undefined {
  if (type !== 'blob') return undefined
  try {
    const { owner, entered, request } = Object(readJson(body.toString('utf8')))
    if (owner !== undefined && typeof owner !== 'string') return undefined
    return typeof entered === 'string' && request !== undefined ? { owner, entered, request } : undefined
  } catch {
    return undefined
  }
}

/** The refs at one moment, as a writer looks at them. */
export interface InboxView {
  readonly refs: ReadonlyMap<string, Oid>
  readonly lease: Oid | null
  /** The entries by key, the lowest first. */
  readonly entries: ReadonlyMap<string, Oid>
}

export function viewOf(refs: ReadonlyMap<string, Oid>): InboxView {
  const entries = [...refs]
    .filter(([ref]) => ref.startsWith(inboxFolder))
    .map(([ref, oid]) => [ref.slice(inboxFolder.length), oid] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return { refs, lease: refs.get(leaseRef) ?? null, entries: new Map(entries) }
}

/** Nobody is draining, and there is nothing to drain. */
export function isQuiet({ lease, entries }: InboxView): boolean {
  return lease === null && entries.size === 0
}
