import type { Person } from '../git/commit.ts'
import type { Fold } from '../git/deferred.ts'
import { receiptsRef } from './receipt.ts'
import { writeReceipts } from './receipts.ts'

/** How receipts get into their ref: those of a batch, or of a second, are one commit. */
export function foldReceipts(author: Person, clock: () => number): Fold {
  return {
    ref: receiptsRef,
    into: writeReceipts,
    message: 'Receipts',
    author,
    clock,
  }
}
