import { eventKey } from '../receipts/eventKey.ts'
import type { Receipt } from '../receipts/receipt.ts'
import type { Receipts } from '../receipts/receipts.ts'

/** A receipt that has no place in the order yet. */
export type ReceiptDraft = Omit<Receipt, 'seq'>

/** Looks for an earlier one of the event, and appends. */
export async function appendReceipt(receipts: Receipts, draft: ReceiptDraft): Promise<Receipt> {
  const key = eventKey(draft.event.source, draft.event.id)
  return await receipts.append((seq) => ({ seq, ...draft }), { key, earlier: await receipts.find(key) })
}
