import type { Fold } from '../../git/deferred.ts'
import type { Person } from '../../git/objects/commit.ts'
import { forgetReceipts, forgottenThrough, isForget } from './forgetReceipts.ts'
import { receiptsRef } from './receipt.ts'
import { writeReceipts } from './receipts.ts'

/** How receipts get into their ref: those of a batch, or of a second, are one commit. What is forgotten goes out of its history, too. */
export function foldReceipts(author: Person, clock: () => number): Fold {
  return {
    ref: receiptsRef,
    into: async (tree, entries) => {
      if (!entries.some(isForget)) return await writeReceipts(tree, entries)
      await writeReceipts(
        tree,
        entries.filter((entry) => !isForget(entry)),
      )
      await forgetReceipts(tree, forgottenThrough(entries))
    },
    beginsAnew: (entries) => entries.some(isForget),
    message: 'Receipts',
    author,
    clock,
  }
}
