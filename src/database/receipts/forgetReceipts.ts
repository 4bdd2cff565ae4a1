import { takeBreaths } from '../../git/breath.ts'
import type { DeferredEntry } from '../../git/deferred.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { Workspace } from '../../git/workspace.ts'
import type { Receipt } from './receipt.ts'
import { deadFolder, receiptsOn, removeReceipt } from './receipts.ts'

/** What a deferred entry is called that says up to which place receipts are forgotten. */
const forgetKey = 'forget'

/** Has the receipts up to that place, and the dead letters of their messages, taken away with the next fold. */
export function forgetThrough(workspace: Workspace, seq: number): void {
  workspace.defer({ key: forgetKey, bytes: Buffer.from(JSON.stringify({ through: seq })) })
}

/** Up to which place the entries have receipts forgotten; 0 where they do not. */
export function forgottenThrough(entries: readonly DeferredEntry[]): number {
  const said = entries.filter(isForget).map(({ bytes }) => Number(JSON.parse(bytes.toString()).through))
  return Math.max(0, ...said)
}

/** Whether the entry takes receipts away instead of bringing one. */
export function isForget({ key }: DeferredEntry): boolean {
  return key === forgetKey
}

/** Takes the receipts up to that place out of the tree. Doing it again changes nothing. */
export async function forgetReceipts(tree: WorkingTree, through: number): Promise<void> {
  const breath = takeBreaths()
  for (let page = await oldest(tree, through); page.length > 0; page = await oldest(tree, through)) {
    for (const receipt of page) {
      await removeReceipt(tree, receipt)
      await breath()
    }
  }
  await forgetLetters(tree, through)
}

async function oldest(tree: WorkingTree, through: number): Promise<Receipt[]> {
  return (await receiptsOn(tree).after(0, pageSize)).filter(({ seq }) => seq <= through)
}

const pageSize = 1_000

async function forgetLetters(tree: WorkingTree, through: number): Promise<void> {
  const folder: Path = [deadFolder]
  const letters = [...(await tree.list(folder))].flatMap(([name, child]) =>
    child.kind === 'file' ? [{ name, oid: child.oid }] : [],
  )
  const texts = await tree.readBlobs(letters.map(({ oid }) => oid))
  for (const [place, { name }] of letters.entries())
    if (JSON.parse(texts[place]!.toString()).seq <= through) await tree.remove([...folder, name])
}
