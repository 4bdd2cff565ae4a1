import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { Child } from '../../git/trees/folder.ts'
import type { Path } from '../../git/trees/path.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { decodeReceipt } from './decodeReceipt.ts'
import { eventKey } from './eventKey.ts'
import type { Receipt } from './receipt.ts'
import { orderPath, receiptsOn } from './receipts.ts'

/**
 * What is wrong with receipts that somebody else wrote, as sentences; none: they go on from `before` in the layout of
 * `Receipts`. New ones have places behind the last one, and what is there stays: only a failed receipt may get a successor.
 */
export async function checkReceipts(before: Oid | null, after: Oid, read: ReadObjects): Promise<string[]> {
  const trees = { before: new WorkingTree(before, read), after: new WorkingTree(after, read) }
  const changes: Changes = { old: new Map(), now: new Map(), odd: [] }
  await collect(trees, [], changes)
  return [
    ...changes.odd.map((path) => `${path}: nothing of that name belongs among receipts`),
    ...(await judge(trees, changes)),
  ]
}

interface Trees {
  readonly before: WorkingTree
  readonly after: WorkingTree
}

/** The files that differ, by path below the root; receipts by their keys, wherever they sit. */
interface Changes {
  readonly old: Map<string, Oid>
  readonly now: Map<string, Oid>
  readonly odd: string[]
}

async function collect(trees: Trees, folder: Path, changes: Changes): Promise<void> {
  const [old, now] = [await trees.before.list(folder), await trees.after.list(folder)]
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [one, other] = [old.get(name), now.get(name)]
    if (oidOf(one) === oidOf(other)) continue
    const path = [...folder, name]
    if (one?.kind === 'folder' || other?.kind === 'folder') await collect(trees, path, changes)
    if (one?.kind === 'file') changes.old.set(placeOf(path), one.oid)
    if (other?.kind === 'file') takeFile(path, other.oid, changes)
    if (other?.kind === 'other') changes.odd.push(path.join('/'))
  }
}

function takeFile(path: Path, oid: Oid, { now, odd }: Changes): void {
  const place = placeOf(path)
  const isKnown = keyPattern.test(place) || /^(last\.json|order(\/[0-9a-f]{2}){4}\.json|dead\/[^/]+\.json)$/.test(place)
  if (isKnown && !now.has(place)) now.set(place, oid)
  else odd.push(path.join('/'))
}

const keyPattern = /^[0-9a-f]{64}$/

/** A receipt's key, whatever folders of its first digits it sits in; of any other file the path. */
function placeOf(path: Path): string {
  const key = path.at(-1)!.replace(/\.json$/, '')
  const folders = path.slice(0, -1)
  const isReceipt = keyPattern.test(key) && folders.length > 0 && key.startsWith(folders.join(''))
  return isReceipt && folders.every((folder) => folder.length === 2) ? key : path.join('/')
}

function oidOf(child: Child | undefined): string | undefined {
  if (!child) return undefined
  return child.kind === 'folder' ? `folder ${child.folder.oid}` : `${child.mode} ${child.oid}`
}

async function judge(trees: Trees, { old, now }: Changes): Promise<string[]> {
  const [first, last] = [await receiptsOn(trees.before).last(), await lastOf(trees.after)]
  if (last === undefined || last < first) return [`last.json: it must be {"seq": <number>} from ${first} on`]
  const places = new Map<string, string>()
  const problems: string[] = []
  const written = [...now].filter(([place, oid]) => keyPattern.test(place) && old.get(place) !== oid)
  for (const [key, oid] of written) {
    const receipt = await readReceipt(trees.after, oid)
    if (!receipt || eventKey(receipt.event.source, receipt.event.id) !== key)
      problems.push(`${key}: it must hold the receipt of the event with that key`)
    else if (receipt.seq <= first || receipt.seq > last)
      problems.push(`${key}: its seq must be above ${first} and at most ${last}; got ${receipt.seq}`)
    else places.set(orderPath(receipt.seq).join('/'), oid)
  }
  for (const [place, oid] of places)
    if (now.get(place) !== oid) problems.push(`${place}: it must hold the receipt of that seq`)
  for (const [place, oid] of now)
    if (place.startsWith('order/') && places.get(place) !== oid) problems.push(`${place}: no new receipt has that seq`)
  return [...problems, ...(await judgeGone(trees.before, old, now))]
}

/** What is replaced or taken away must have failed. */
async function judgeGone(tree: WorkingTree, old: Changes['old'], now: Changes['now']): Promise<string[]> {
  const problems: string[] = []
  for (const [place, oid] of old) {
    const isReceipt = keyPattern.test(place) || place.startsWith('order/')
    if (!isReceipt || now.get(place) === oid) continue
    const receipt = await readReceipt(tree, oid)
    const isSucceeded = receipt && now.has(eventKey(receipt.event.source, receipt.event.id))
    if (receipt?.status !== 'failed' || !isSucceeded) problems.push(`${place}: a receipt stays as it is`)
  }
  return problems
}

async function lastOf(tree: WorkingTree): Promise<number | undefined> {
  try {
    const last = await receiptsOn(tree).last()
    return Number.isSafeInteger(last) ? last : undefined
  } catch {
    return undefined
  }
}

async function readReceipt(tree: WorkingTree, oid: Oid): Promise<Receipt | undefined> {
  const bytes = await tree.readBlob(oid)
  try {
    return decodeReceipt(bytes, oid)
  } catch {
    return undefined
  }
}
