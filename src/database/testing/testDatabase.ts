import { openMemory } from '../../git/memory.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import type { JsonObject } from '../json/json.ts'
import { runOperation } from '../operations/operations.ts'
import { eventKey } from '../receipts/eventKey.ts'
import { foldReceipts } from '../receipts/foldReceipts.ts'
import { receiptsRef } from '../receipts/receipt.ts'
import { receiptsIn } from '../receipts/receipts.ts'
import { commitTransaction } from '../transactions/apply.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { appendReceipt } from './appendReceipt.ts'

const branch = 'refs/heads/main'
const source = 'https://github.com/acme/shop'

/** A result of which a test says what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Loose = any

/** What an operation gave, and the commit that it made; `undefined` where nothing changed. */
export interface Ran {
  readonly result: Loose
  readonly commit: string | undefined
  readonly event: string
}

/** A database on a repository, by operations alone: each is an event, one transaction, one commit, one receipt. */
export interface TestDatabase {
  readonly repository: Repository
  workspace(): Workspace
  /** Lands at once. */
  run(operation: string, parameters?: unknown): Promise<Ran>
  /** The same without landing: as one of a batch. */
  runInBatch(operation: string, parameters?: unknown): Promise<Ran>
  land(): Promise<void>
  /** Looks at the repository anew, as after somebody else moved the branch. */
  reopen(): Promise<void>
}

/** Each operation is a second later than the one before, from the start of 2026 on. */
export async function openTestDatabase(repository = openMemory()): Promise<TestDatabase> {
  let workspace = await Workspace.open(repository, [branch, receiptsRef])
  let events = 0
  const runInBatch = async (operation: string, parameters: unknown = {}): Promise<Ran> => {
    const event = `event-${++events}`
    const time = Date.UTC(2026, 0, 1) + events * 1_000
    const receipts = receiptsIn(workspace)
    const tx = createTransaction({
      tree: workspace.tree(branch),
      basedir: 'db',
      now: new Date(time).toISOString(),
      newId: () => `new-${events}`,
      past: {
        history: workspace.history(branch),
        source,
        findReceipt: (source, id) => receipts.find(eventKey(source, id)),
      },
    })
    const result = await runOperation(operation, parameters, tx)
    const trailers = [
      ['Event-Id', event],
      ['Event-Source', source],
      ['Event-Type', 'test'],
      ['Operation', operation],
    ] as const
    const made = await commitTransaction(workspace, branch, tx, { title: operation, trailers, time })
    await appendReceipt(receipts, {
      event: { id: event, source, type: 'test', time: new Date(time).toISOString(), correlationid: event },
      digest: '',
      status: 'done',
      ...(made ? { commit: made.commit } : {}),
      messages: [],
      time: new Date(time).toISOString(),
    })
    return { result: JSON.parse(JSON.stringify(result)), commit: made?.commit, event }
  }
  const land = async () => {
    const author = { name: 'Commitbase', email: 'commitbase@example.org' }
    if ((await workspace.land(foldReceipts(author, () => 0))) === 'lost')
      throw new Error('somebody else moved the branch')
  }
  const run = async (operation: string, parameters?: unknown) => {
    const checkpoint = workspace.checkpoint()
    try {
      const ran = await runInBatch(operation, parameters)
      await land()
      return ran
    } catch (error) {
      workspace.restore(checkpoint)
      throw error
    }
  }
  const reopen = async () => {
    workspace = await Workspace.open(repository, [branch, receiptsRef])
  }
  return { repository, workspace: () => workspace, run, runInBatch, land, reopen }
}

/** A record without what is made up on the way. */
export function plain({ _updated, ...record }: JsonObject): JsonObject {
  return record
}
