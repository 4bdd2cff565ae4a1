import { eventKey } from '../../src/database/receipts/eventKey.ts'
import { type Receipt, receiptsRef } from '../../src/database/receipts/receipt.ts'
import { receiptsIn, receiptsOn } from '../../src/database/receipts/receipts.ts'
import { decodeCommit, type ReadCommit, treeOf } from '../../src/git/objects/commit.ts'
import type { Oid } from '../../src/git/objects/object.ts'
import type { Repository } from '../../src/git/repository.ts'
import { WorkingTree } from '../../src/git/trees/workingTree.ts'
import { Workspace } from '../../src/git/workspace.ts'

export const branch = 'refs/heads/main'

/** What is in the repository when all is over. */
export interface Remains {
  readonly refs: ReadonlyMap<string, Oid>
  /** In their order. */
  readonly receipts: readonly Receipt[]
  readonly byId: ReadonlyMap<string, Receipt>
  readonly byKey: ReadonlyMap<string, Receipt>
  /** The last place that was given. */
  readonly last: number
  /** Places of receipts that were `failed` and have a successor. */
  readonly failedBefore: ReadonlySet<number>
  /** The commits of events. */
  readonly commits: readonly { readonly oid: Oid; readonly eventId: string }[]
  /** Of the branch and of the receipts: the newest commit and all before it. */
  readonly pasts: ReadonlyMap<string, ReadonlySet<Oid>>
  /** Message ids of the dead letters. */
  readonly letters: ReadonlySet<string>
  /** The counter that all handlers add to. */
  readonly total: number
}

export async function readRemains(repository: Repository): Promise<Remains> {
  const workspace = await Workspace.open(repository, [branch, receiptsRef])
  const [made, folded] = [
    await pastOf(repository, workspace.tip(branch)),
    await pastOf(repository, workspace.tip(receiptsRef)),
  ]
  const receipts = await receiptsIn(workspace).after(0, 10_000)
  const last = await receiptsIn(workspace).last()
  const found = await Promise.all(
    receipts.map(({ event }) => receiptsIn(workspace).find(eventKey(event.source, event.id))),
  )
  const kept = found.filter((receipt) => receipt !== undefined)
  return {
    refs: await repository.refs(['refs/']),
    receipts,
    last,
    byId: new Map(kept.map((receipt) => [receipt.event.id, receipt])),
    byKey: new Map(kept.map((receipt) => [eventKey(receipt.event.source, receipt.event.id), receipt])),
    failedBefore: receipts.length < last ? await failedIn(repository, folded) : new Set(),
    commits: made.map(([oid, commit]) => ({ oid, eventId: eventIdOf(commit) })),
    pasts: new Map([
      [branch, new Set(made.map(([oid]) => oid))],
      [receiptsRef, new Set(folded.map(([oid]) => oid))],
    ]),
    letters: new Set(
      [...(await workspace.tree(receiptsRef).list(['dead'])).keys()].map((name) => name.slice(0, -'.json'.length)),
    ),
    total: await totalOf(workspace),
  }
}

type Past = readonly (readonly [Oid, ReadCommit])[]

async function pastOf(repository: Repository, tip: Oid | null): Promise<Past> {
  const past: [Oid, ReadCommit][] = []
  for (let oid = tip ?? undefined; oid !== undefined; ) {
    const commit = decodeCommit((await repository.read([oid]))[0]!.body)
    past.push([oid, commit])
    oid = commit.parents[0]
  }
  return past
}

async function failedIn(repository: Repository, past: Past): Promise<Set<number>> {
  const failed = new Set<number>()
  for (const [oid] of past) {
    const [commit] = await repository.read([oid])
    const tree = new WorkingTree(treeOf(commit!.body), (oids) => repository.read(oids))
    for (const { seq, status } of await receiptsOn(tree).after(0, 10_000)) if (status === 'failed') failed.add(seq)
  }
  return failed
}

async function totalOf(workspace: Workspace): Promise<number> {
  const bytes = await workspace.tree(branch).read(['db', 'counters', 'total.json'])
  return bytes ? JSON.parse(bytes.toString()).total : 0
}

function eventIdOf({ message }: ReadCommit): string {
  return /^Event-Id: (.*)$/m.exec(message)?.[1] ?? ''
}
