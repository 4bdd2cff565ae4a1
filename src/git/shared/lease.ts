import { type GitObject, makeObject, type Oid } from '../objects/object.ts'

export const leaseRef = 'refs/commitbase/lease'

/**
 * Who drains the inbox: a writer's id, and a counter that goes up with each sign of life. It is advice that saves pushes; what
 * keeps the data whole is the compare-and-swap of each push.
 */
export interface Lease {
  readonly holder: string
  readonly counter: number
}

export function encodeLease({ holder, counter }: Lease): GitObject {
  return makeObject('blob', Buffer.from(`${JSON.stringify({ holder, counter })}\n`))
}

/** Nothing where the object is no lease. */
export function decodeLease({ type, body }: GitObject): Lease | undefined {
  if (type !== 'blob' || body.length > longestLease) return undefined
  try {
    const { holder, counter } = Object(JSON.parse(body.toString('utf8')))
    return typeof holder === 'string' && Number.isSafeInteger(counter) ? { holder, counter } : undefined
  } catch {
    return undefined
  }
}

/** Bytes. */
const longestLease = 1_000

/** The next sign of life: it is never the same blob as the last one. */
export function raise({ counter }: Lease, holder: string): Lease {
  return { holder, counter: (Math.abs(counter) % lastCounter) + 1 }
}

const lastCounter = 1_000

/** All leases that a writer can have, by the id of their blob: it knows its own among the refs, and need not fetch it. */
export function leasesOf(holder: string): ReadonlyMap<Oid, Lease> {
  const leases = known.get(holder) ?? makeLeases(holder)
  known.delete(holder)
  known.set(holder, leases)
  if (known.size > mostKnown) known.delete(known.keys().next().value!)
  return leases
}

/** Of the writers that asked last: one that writes often does not make a thousand blobs each time. */
const known = new Map<string, ReadonlyMap<Oid, Lease>>()
const mostKnown = 32

function makeLeases(holder: string): ReadonlyMap<Oid, Lease> {
  const leases = Array.from({ length: lastCounter }, (_, index) => ({ holder, counter: index + 1 }))
  return new Map(leases.map((lease) => [encodeLease(lease).oid, lease]))
}

/** Milliseconds after which a lease that stands still is taken by the owner of the lowest-keyed entry. */
export const patience = 20_000

/** Milliseconds by which the owner of the next entry waits longer, and so on. */
const turn = 2_000

/** Looks at the lease by its own monotonic clock: clocks of other machines say nothing. */
export class LeaseWatch {
  #seen: Oid | null | undefined
  #since = 0

  /** Whether a lease, or that there is none, has stood still so long that the owner of the entry in that place (from 0) takes it. */
  mayTake(lease: Oid | null, place: number, now: number): boolean {
    if (lease !== this.#seen) {
      this.#seen = lease
      this.#since = now
    }
    return now - this.#since >= patience + place * turn
  }
}
