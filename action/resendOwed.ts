import { foldReceipts } from '../src/database/receipts/foldReceipts.ts'
import { receiptsRef } from '../src/database/receipts/receipt.ts'
import type { Publisher } from '../src/events/messages/message.ts'
import { commitbase } from '../src/git/objects/ownCommits.ts'
import { Writer } from '../src/git/writer.ts'
import type { Workplace } from './applyRequest.ts'
import { type CatchUp, carryOn, catchUp } from './owed.ts'

/** Sends what no engine has taken yet, and moves the cursor with a push of its own. */
export async function resendOwed({ repository, context }: Workplace, publisher: Publisher): Promise<CatchUp> {
  const sent = await catchUp(repository, publisher, context.clock)
  if (sent.through !== sent.cursor.seq) {
    const writer = new Writer({ repository, refs: [receiptsRef], fold: foldReceipts(commitbase, context.clock) })
    await writer.submit(carryOn(repository, sent)).finally(() => writer.close())
  }
  return sent
}
