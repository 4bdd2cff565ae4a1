import { receiptsRef } from '../database/receipt.ts'
import type { Person } from '../git/commit.ts'
import type { Workspace } from '../git/workspace.ts'

/** A writer's `finish`: the receipts of a batch are one commit on their own ref, which lands with the branch. */
export function finishReceipts(author: Person, clock: () => number): (workspace: Workspace) => Promise<void> {
  return async (workspace) => {
    workspace.commit(receiptsRef, { message: 'Receipts', author, time: clock() })
  }
}
