import { compare, isComparable, kindOf } from '../values/operators.ts'
import { sameItem } from '../values/sameItem.ts'
import { briefly } from '../values/text.ts'
import { type Boundary, EvaluationFailed, type FeelFunction, FeelRange, type FeelValue } from '../values/value.ts'
import { any, type Builtins, define } from './define.ts'

/** DMN 1.3, §10.3.4.9, table 78, as Camunda's engine has it. */
export const rangeFunctions: Builtins = {
  before: [
    comparing('point1', 'point2', isBefore),
    comparing('point', 'range', isBefore),
    comparing('range', 'point', isBefore),
    comparing('range1', 'range2', isBefore),
  ],
  after: [
    comparing('point1', 'point2', isAfter),
    comparing('point', 'range', isAfter),
    comparing('range', 'point', isAfter),
    comparing('range1', 'range2', isAfter),
  ],
  meets: [ofRanges((a, b) => meet(a.end, b.start))],
  'met by': [ofRanges((a, b) => meet(a.start, b.end))],
  overlaps: [ofRanges((a, b) => reaches(a.end, b.start) && reaches(b.end, a.start))],
  'overlaps before': [ofRanges(overlapsBefore)],
  'overlaps after': [ofRanges((a, b) => overlapsBefore(b, a))],
  finishes: [comparing('point', 'range', finishes), comparing('range1', 'range2', finishes)],
  'finished by': [comparing('point', 'range', finishedBy), comparing('range1', 'range2', finishedBy)],
  includes: [comparing('range', 'point', includes), comparing('range1', 'range2', includes)],
  during: [comparing('point', 'range', during), comparing('range1', 'range2', during)],
  starts: [comparing('point', 'range', starts), comparing('range1', 'range2', starts)],
  'started by': [comparing('range', 'point', startedBy), comparing('range1', 'range2', startedBy)],
  coincides: [comparing('point1', 'point2', sameItem), comparing('range1', 'range2', sameItem)],
}

/** Undefined: not of a point or a range there. */
type Relation = (a: FeelValue, b: FeelValue) => boolean | undefined

function comparing(first: string, second: string, relation: Relation): FeelFunction {
  return define([first, second], [any, any], (a, b) => {
    if (!arePoints(a, b)) return undefined
    const holds = relation(a, b)
    if (holds !== undefined) return holds
    throw new EvaluationFailed(`scala.MatchError: (${briefly(a)},${briefly(b)}) (of class scala.Tuple2)`)
  })
}

function ofRanges(relation: (a: FeelRange, b: FeelRange) => boolean): FeelFunction {
  const ofBoth: Relation = (a, b) => (a instanceof FeelRange && b instanceof FeelRange ? relation(a, b) : undefined)
  return comparing('range1', 'range2', ofBoth)
}

/** Points of one kind, or ranges of such: no strings. */
function arePoints(a: FeelValue, b: FeelValue): boolean {
  const [x, y] = [a, b].map((value) => (value instanceof FeelRange ? value.start.value : value)) as [
    FeelValue,
    FeelValue,
  ]
  return isComparable(x) && typeof x !== 'string' && !Array.isArray(x) && kindOf(x) === kindOf(y)
}

function isBefore(a: FeelValue, b: FeelValue): boolean {
  const [end, start] = [a instanceof FeelRange ? a.end : point(a), b instanceof FeelRange ? b.start : point(b)]
  return order(end, start) < 0 || (order(end, start) === 0 && !(end.isClosed && start.isClosed))
}

function isAfter(a: FeelValue, b: FeelValue): boolean {
  return isBefore(b, a)
}

function meet(end: Boundary, start: Boundary): boolean {
  return end.isClosed && start.isClosed && sameItem(end.value, start.value)
}

function reaches(end: Boundary, start: Boundary): boolean {
  return order(end, start) > 0 || meet(end, start)
}

function overlapsBefore(a: FeelRange, b: FeelRange): boolean {
  const startsEarlier =
    order(a.start, b.start) < 0 || (order(a.start, b.start) === 0 && a.start.isClosed && !b.start.isClosed)
  const endsEarlier = order(a.end, b.end) < 0 || (order(a.end, b.end) === 0 && (!a.end.isClosed || b.end.isClosed))
  return startsEarlier && reaches(a.end, b.start) && endsEarlier
}

function finishes(a: FeelValue, b: FeelValue): boolean | undefined {
  if (!(b instanceof FeelRange)) return undefined
  if (!(a instanceof FeelRange)) return b.end.isClosed && sameItem(b.end.value, a)
  return isSameBoundary(a.end, b.end) && startsInside(a.start, b.start)
}

function finishedBy(a: FeelValue, b: FeelValue): boolean | undefined {
  return finishes(b, a)
}

function includes(a: FeelValue, b: FeelValue): boolean | undefined {
  if (!(a instanceof FeelRange)) return undefined
  if (b instanceof FeelRange) return startsInside(b.start, a.start) && endsInside(b.end, a.end)
  const isInside = order(a.start, point(b)) < 0 && order(a.end, point(b)) > 0
  return isInside || meet(a.start, point(b)) || meet(a.end, point(b))
}

function during(a: FeelValue, b: FeelValue): boolean | undefined {
  return includes(b, a)
}

function starts(a: FeelValue, b: FeelValue): boolean | undefined {
  if (!(b instanceof FeelRange)) return undefined
  if (!(a instanceof FeelRange)) return meet(b.start, point(a))
  return isSameBoundary(a.start, b.start) && endsInside(a.end, b.end)
}

function startedBy(a: FeelValue, b: FeelValue): boolean | undefined {
  return starts(b, a)
}

function startsInside(inner: Boundary, outer: Boundary): boolean {
  return order(inner, outer) > 0 || (order(inner, outer) === 0 && (!inner.isClosed || outer.isClosed))
}

function endsInside(inner: Boundary, outer: Boundary): boolean {
  return order(inner, outer) < 0 || (order(inner, outer) === 0 && (!inner.isClosed || outer.isClosed))
}

function isSameBoundary(a: Boundary, b: Boundary): boolean {
  return a.isClosed === b.isClosed && sameItem(a.value, b.value)
}

function point(value: FeelValue): Boundary {
  return { value, isClosed: true }
}

function order(a: Boundary, b: Boundary): number {
  return compare(a.value, b.value)
}
