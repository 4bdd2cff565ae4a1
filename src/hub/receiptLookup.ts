import { eventKey } from '../database/eventKey.ts'
import { type Receipt, receiptsRef } from '../database/receipt.ts'
import { Receipts } from '../database/receipts.ts'
import type { Repository } from '../git/repository.ts'
import { Workspace } from '../git/workspace.ts'

/** Finds receipts, and looks at the refs again only when it is told that they have moved: the hub moves them itself. */
export class ReceiptLookup {
  readonly #repository: Repository
  #receipts: Promise<Receipts> | undefined

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /** What became of an event; nothing where it has not been applied. */
  async find(source: string, id: string): Promise<Receipt | undefined> {
    this.#receipts ??= this.#open()
    return (await this.#receipts).find(eventKey(source, id))
  }

  /** Says that there may be new receipts. */
  refresh(): void {
    this.#receipts = undefined
  }

  async #open(): Promise<Receipts> {
    try {
      const workspace = await Workspace.open(this.#repository, [receiptsRef])
      return new Receipts(workspace.tree(receiptsRef))
    } catch (error) {
      this.refresh()
      throw error
    }
  }
}
