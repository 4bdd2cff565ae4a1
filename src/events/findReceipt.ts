import { eventKey } from '../database/receipts/eventKey.ts'
import { type Receipt, receiptsRef } from '../database/receipts/receipt.ts'
import { receiptsIn } from '../database/receipts/receipts.ts'
import type { Repository } from '../git/repository.ts'
import { Workspace } from '../git/workspace.ts'

/** What became of an event, as the repository knows it now; nothing where it has not been applied. */
export async function findReceipt(repository: Repository, source: string, id: string): Promise<Receipt | undefined> {
  const workspace = await Workspace.open(repository, [receiptsRef])
  return receiptsIn(workspace).find(eventKey(source, id))
}
