import type { Asked, Condition } from './conditions.ts'
import { type KeyRange, last } from './encodeKey.ts'
import { standing } from './indexEntries.ts'

/** An index that can be looked into. */
export interface PlannedIndex {
  readonly number: number
  readonly fields: readonly string[]
}

/** Entries of one index that may belong to records that match: those of that standing whose keys lie in the range. */
export interface Scan {
  readonly index: PlannedIndex
  readonly standing: number
  readonly range: KeyRange
}

/** One way to find all records that match: each of them has an entry in one of the scans. The more values are known, the fewer records are looked at. */
export interface Plan {
  readonly scans: readonly Scan[]
  readonly indexes: readonly PlannedIndex[]
  readonly known: number
}

/** So many keys are looked up one by one for a query; with more of them a field counts as unknown. */
const mostPoints = 1_000

/** The ways to find what is asked for, the one that knows most first; none where no index helps. */
export function plansFor(asked: Asked, indexes: readonly PlannedIndex[]): Plan[] {
  const plans = indexes.flatMap((index) => planOn(index, asked.conditions) ?? [])
  for (const branches of asked.alternatives) plans.push(...(unionOf(branches, indexes) ?? []))
  return plans.sort((a, b) => b.known - a.known)
}

/** A record matches one of the branches: each of them needs a plan. */
function unionOf(branches: readonly Asked[], indexes: readonly PlannedIndex[]): Plan[] | undefined {
  const best = branches.map((branch) => plansFor(branch, indexes)[0])
  if (!best.every((plan) => plan !== undefined)) return undefined
  return [
    {
      scans: best.flatMap(({ scans }) => scans),
      indexes: [...new Set(best.flatMap(({ indexes }) => indexes))],
      known: Math.min(Number.POSITIVE_INFINITY, ...best.map(({ known }) => known)),
    },
  ]
}

function planOn(index: PlannedIndex, conditions: readonly Condition[]): Plan | undefined {
  const byField = index.fields.map((field) => conditions.filter(({ path }) => path === field))
  if (byField[0]!.length === 0) return undefined
  // What is a list may fulfil two conditions by two members: only one of them narrows.
  const several = keysOf(byField.map((list) => narrowest(list)))
  const single = keysOf(byField.map(together))
  const scans = [
    ...single.ranges.map((range) => ({ index, standing: standing.single, range })),
    ...several.ranges.map((range) => ({ index, standing: standing.several, range })),
    { index, standing: standing.always, range: everything },
  ]
  return single.known === 0 ? undefined : { scans, indexes: [index], known: single.known }
}

const everything: KeyRange = { low: Buffer.alloc(0), high: last }

/** The one of the conditions that leaves least: few values before a range. */
function narrowest(conditions: readonly Condition[]): Condition | undefined {
  return conditions.toSorted((a, b) => rank(a) - rank(b))[0]
}

function rank({ isPoints, ranges }: Condition): number {
  return isPoints ? ranges.length : Number.MAX_SAFE_INTEGER
}

/** What is left of the narrowest when the one value must fulfil all of them. */
function together(conditions: readonly Condition[]): Condition | undefined {
  const first = narrowest(conditions)
  if (!first) return undefined
  const others = conditions.filter((condition) => condition !== first)
  const ranges = others.reduce<readonly KeyRange[]>(
    (left, { ranges }) => left.flatMap((one) => ranges.flatMap((other) => overlap(one, other) ?? [])),
    first.ranges,
  )
  return { ...first, ranges }
}

function overlap(one: KeyRange, other: KeyRange): KeyRange | undefined {
  const low = Buffer.compare(one.low, other.low) >= 0 ? one.low : other.low
  const high = compareEnds(one.high, other.high) <= 0 ? one.high : other.high
  return Buffer.compare(low, Buffer.concat([high, last])) <= 0 ? { low, high } : undefined
}

/** A range's end takes in all that begins with it. */
function compareEnds(one: Buffer, other: Buffer): number {
  return Buffer.compare(Buffer.concat([one, last]), Buffer.concat([other, last]))
}

/** The ranges of whole keys: values of the first fields as far as they are known, then one field's range. */
function keysOf(fields: readonly (Condition | undefined)[]): { ranges: KeyRange[]; known: number } {
  let ranges: KeyRange[] = [{ low: Buffer.alloc(0), high: Buffer.alloc(0) }]
  let known = 0
  for (const condition of fields) {
    if (!condition || ranges.length * condition.ranges.length > mostPoints) break
    ranges = ranges.flatMap((head) => condition.ranges.map((tail) => joined(head, tail)))
    known += condition.isPoints ? 2 : 1
    // Behind a range the next field's values are in no order.
    if (!condition.isPoints || condition.ranges.some(({ low, high }) => !low.equals(high))) break
  }
  return { ranges: ranges.map(({ low, high }) => ({ low, high: Buffer.concat([high, last]) })), known }
}

function joined(head: KeyRange, tail: KeyRange): KeyRange {
  return { low: Buffer.concat([head.low, tail.low]), high: Buffer.concat([head.high, tail.high]) }
}
