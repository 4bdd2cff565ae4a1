import { type Cursor, moveCursor, readCursor } from '../src/events/messages/cursor.ts'
import { type Delivery, deliver } from '../src/events/messages/deliver.ts'
import type { Publisher } from '../src/events/messages/message.ts'
import { bury, readReceiptsAfter } from '../src/events/messages/outbox.ts'
import type { Repository } from '../src/git/repository.ts'
import type { Workspace } from '../src/git/workspace.ts'

/** Whose cursor says how far the runs of this Action have sent. */
const consumer = 'action'

/** How often a run tries an engine that is away, before it leaves the rest to the next run. */
export const attempts = 5

const pageSize = 100

/** What one run has sent of the messages that earlier runs owed. */
export interface CatchUp {
  readonly cursor: Cursor
  /** All receipts up to this `seq` owe nothing more. */
  readonly through: number
  readonly deliveries: readonly Delivery[]
  /** Why it ended early. */
  readonly failure?: unknown
}

/** Sends what lies behind the cursor, in the order of `seq`. Never throws for the engine's sake: a write must not wait for it. */
export async function catchUp(repository: Repository, publisher: Publisher, clock: () => number): Promise<CatchUp> {
  const cursor = await readCursor(repository, consumer)
  const deliveries: Delivery[] = []
  const options = { publisher, clock, attempts, onDelivery: (delivery: Delivery) => void deliveries.push(delivery) }
  // Where no run has ever sent, a hub may have: what its engine took is not owed.
  let through = cursor.oid === null ? (await readCursor(repository, 'hub')).seq : cursor.seq
  for (;;) {
    const page = await readReceiptsAfter(repository, through, pageSize)
    if (page.length === 0) return { cursor, through, deliveries }
    try {
      await deliver(page, options)
    } catch (failure) {
      return { cursor, through, deliveries, failure }
    }
    through = page.at(-1)!.seq
  }
}

/**
 * Carries the cursor on with the workspace's push, and puts the messages that will never be taken among the dead letters. When
 * the race for the push is lost it runs again, and does nothing where another run has come as far.
 */
export function carryOn(
  repository: Repository,
  { cursor, through, deliveries }: CatchUp,
): (workspace: Workspace) => Promise<void> {
  let known: Cursor | undefined = cursor
  return async (workspace) => {
    const from = known ?? (await readCursor(repository, consumer))
    known = undefined
    if (from.seq >= through) return
    for (const delivery of deliveries) if (delivery.status === 'dead') bury(workspace, delivery)
    moveCursor(workspace, consumer, from, through)
  }
}
