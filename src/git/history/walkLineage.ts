import { parentsOf, timeOf } from '../objects/commit.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import type { Lineage, Link } from './lineage.ts'

/**
 * Carries the lineage on to that commit by reading the commits in between. False, and nothing is changed, where what was its tip
 * does not lead there or where more than `most` commits would have to be read.
 */
export async function walkLineage(
  lineage: Lineage,
  tip: Oid,
  read: ReadObjects,
  most = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  if (lineage.tip === tip) return true
  if (lineage.has(tip)) return false
  const links = await readLinks(tip, lineage, read, most)
  if (!links) return false
  const { tip: old } = lineage
  if (old !== undefined && ![...links.values()].some(({ parents }) => parents.includes(old))) return false
  for (const link of parentsFirst(tip, links)) lineage.add(link)
  return true
}

/** The commits that lead to that one and that nobody knows yet; nothing where there are more than `most`. */
export async function readLinks(
  tip: Oid,
  known: Pick<Lineage, 'has'>,
  read: ReadObjects,
  most: number,
): Promise<Map<Oid, Link> | undefined> {
  const links = new Map<Oid, Link>()
  for (let level = known.has(tip) ? [] : [tip]; level.length > 0; ) {
    for (const { oid, body } of await read(level))
      links.set(oid, { commit: oid, parents: parentsOf(body), time: timeOf(body) })
    if (links.size > most) return undefined
    const parents = new Set(level.flatMap((oid) => links.get(oid)!.parents))
    level = [...parents].filter((oid) => !links.has(oid) && !known.has(oid))
  }
  return links
}

/** Depth first, without recursion: a history is deeper than any stack. The tip comes last. */
export function* parentsFirst(tip: Oid, links: ReadonlyMap<Oid, Link>): Generator<Link> {
  const done = new Set<Oid>()
  const stack = links.has(tip) ? [tip] : []
  while (stack.length > 0) {
    const link = links.get(stack.at(-1)!)!
    const waiting = link.parents.filter((oid) => links.has(oid) && !done.has(oid))
    if (waiting.length > 0) stack.push(...waiting.reverse())
    else {
      stack.pop()
      if (done.has(link.commit)) continue
      done.add(link.commit)
      yield link
    }
  }
}
