import {
  add,
  compareNumbers,
  divide,
  type FeelNumber,
  isNumber,
  multiply,
  power,
  subtract,
  toDouble,
  toInt,
} from '../values/decimal.ts'
import { identityOf } from '../values/identity.ts'
import { compare, doubleOf, isComparable } from '../values/operators.ts'
import { sameItem } from '../values/sameItem.ts'
import { briefly } from '../values/text.ts'
import {
  EvaluationFailed,
  FeelError,
  type FeelFunction,
  type FeelValue,
  isList,
  type Surroundings,
} from '../values/value.ts'
import { any, type Builtins, callable, define, defineOfList, indexOf, list, number } from './define.ts'

type List = readonly FeelValue[]

export const listFunctions: Builtins = {
  'list contains': [
    define(['list', 'element'], [list, any], (items, element, { budget }) => {
      budget.spend(items.length / 4)
      return items.some((item) => sameItem(item, element, budget))
    }),
  ],
  count: [define(['list'], [list], (items) => items.length)],
  min: [defineOfList('list', (items, surroundings) => extreme(items, (order) => order > 0, surroundings))],
  max: [defineOfList('list', (items, surroundings) => extreme(items, (order) => order < 0, surroundings))],
  sum: [ofNumbers((numbers) => numbers.reduce(add))],
  product: [ofNumbers((numbers) => numbers.reduce(multiply))],
  mean: [ofNumbers((numbers) => divide(numbers.reduce(add), numbers.length), 8)],
  median: [ofNumbers(median, 16)],
  stddev: [ofNumbers(standardDeviation, 40)],
  mode: [ofNumbers(mostFrequent, 16, () => [])],
  and: [defineOfList('list', all)],
  all: [defineOfList('list', all)],
  or: [defineOfList('list', some)],
  any: [defineOfList('list', some)],
  sublist: [
    define(['list', 'start'], [list, number], (items, start, { budget }) => {
      budget.spend(items.length)
      return items.slice(Math.max(indexOf(items.length, toInt(start)), 0))
    }),
    define(['list', 'start', 'length'], [list, number, number], (items, start, length, { budget }) => {
      budget.spend(items.length)
      const from = indexOf(items.length, toInt(start))
      return items.slice(Math.max(from, 0), Math.max(from + toInt(length), 0))
    }),
  ],
  append: [
    define(
      ['list', 'items'],
      [list, list],
      (items, more, { budget }) => {
        budget.spend(items.length + more.length)
        return [...items, ...more]
      },
      true,
    ),
  ],
  concatenate: [defineOfList('lists', (lists, surroundings) => flattened(lists, surroundings))],
  union: [defineOfList('lists', (lists, surroundings) => distinct(flattened(lists, surroundings), surroundings))],
  'insert before': [
    define(['list', 'position', 'newItem'], [list, number, any], (items, position, item, { budget }) => {
      budget.spend(items.length)
      const at = Math.max(indexOf(items.length, toInt(position)), 0)
      return [...items.slice(0, at), item, ...items.slice(at)]
    }),
  ],
  remove: [
    define(['list', 'position'], [list, number], (items, position, { budget }) => {
      budget.spend(items.length)
      const [at, next] = [toInt(position), toInt(position) + 1].map((it) => Math.max(indexOf(items.length, it), 0))
      return [...items.slice(0, at), ...items.slice(next)]
    }),
  ],
  reverse: [
    define(['list'], [list], (items, { budget }) => {
      budget.spend(items.length)
      return [...items].reverse()
    }),
  ],
  'index of': [
    define(['list', 'match'], [list, any], (items, match, { budget }) => {
      budget.spend(items.length)
      return items.flatMap((item, at) => (sameItem(item, match, budget) ? [at + 1] : []))
    }),
  ],
  'distinct values': [define(['list'], [list], distinct)],
  'duplicate values': [define(['list'], [list], duplicates)],
  flatten: [
    define(['list'], [list], (items, surroundings) => flattened(items, surroundings, Number.POSITIVE_INFINITY)),
  ],
  sort: [define(['list', 'precedes'], [list, callable], sorted)],
  'is empty': [define(['list'], [list], (items) => items.length === 0)],
  'string join': [
    define(['list'], [list], (items, surroundings) => join(items, '', '', '', surroundings)),
    define(['list', 'delimiter'], [list, any], (items, delimiter, surroundings) =>
      join(items, delimiter ?? '', '', '', surroundings),
    ),
    define(
      ['list', 'delimiter', 'prefix', 'suffix'],
      [list, any, any, any],
      (items, delimiter, prefix, suffix, surroundings) =>
        (prefix === null) === (suffix === null)
          ? join(items, delimiter ?? '', prefix ?? '', suffix ?? '', surroundings)
          : undefined,
    ),
  ],
}

function ofNumbers(
  body: (numbers: readonly FeelNumber[]) => FeelValue,
  /** Of each. */
  steps = 4,
  ofNone: () => FeelValue = () => null,
): FeelFunction {
  return defineOfList('list', (items, { budget }) => {
    budget.spend(items.length * steps)
    if (items.some((item) => typeof item === 'object')) budget.spend(items.length * stepsOfDecimal)
    const other = items.find((item) => !isNumber(item))
    if (other !== undefined) return new FeelError(`expected number but found '${briefly(other)}'`)
    return items.length === 0 ? ofNone() : body(items as readonly FeelNumber[])
  })
}

/** More for each, where not all are numbers that a double holds. */
const stepsOfDecimal = 8

function extreme(items: List, isWorse: (order: number) => boolean, { budget }: Surroundings): FeelValue {
  budget.spend(items.length * (typeof items[0] === 'object' ? stepsOfDecimal : 1))
  if (items.length === 0) return null
  if (!isComparable(items)) return new FeelError(`${briefly(items)} is not comparable`)
  return items.reduce((best, item) => (isWorse(compare(best, item)) ? item : best))
}

function median(numbers: readonly FeelNumber[]): FeelNumber {
  const ordered = [...numbers].sort(compareNumbers)
  const middle = Math.trunc(ordered.length / 2)
  if (ordered.length % 2 === 1) return ordered[middle]!
  return divide(add(ordered[middle - 1]!, ordered[middle]!), 2)
}

function standardDeviation(numbers: readonly FeelNumber[]): FeelValue {
  const mean = divide(numbers.reduce(add), numbers.length)
  const squares = numbers.map((value) => power(subtract(value, mean), 2)).reduce(add)
  if (numbers.length === 1) throw new EvaluationFailed('java.lang.ArithmeticException: Division undefined')
  return doubleOf(Math.sqrt(toDouble(divide(squares, numbers.length - 1))))
}

function mostFrequent(numbers: readonly FeelNumber[]): FeelValue {
  const ordered = [...numbers].sort(compareNumbers)
  const counts: { value: FeelNumber; count: number }[] = []
  for (const value of ordered) {
    const last = counts.at(-1)
    if (last !== undefined && compareNumbers(last.value, value) === 0) last.count++
    else counts.push({ value, count: 1 })
  }
  const most = counts.reduce((highest, { count }) => Math.max(highest, count), 0)
  return counts.filter(({ count }) => count === most).map(({ value }) => value)
}

function all(items: List, { budget }: Surroundings): FeelValue {
  budget.spend(items.length / 4)
  return decided(items, false)
}

function some(items: List, { budget }: Surroundings): FeelValue {
  budget.spend(items.length / 4)
  return decided(items, true)
}

/** One item that is `deciding` is enough, whatever the others are. */
function decided(items: List, deciding: boolean): FeelValue {
  if (items.includes(deciding)) return deciding
  return items.every((item) => item === !deciding) ? !deciding : null
}

function flattened(items: List, surroundings: Surroundings, depth = 1): List {
  const result: FeelValue[] = []
  for (const item of items) {
    surroundings.budget.spend(1)
    if (!isList(item)) result.push(item)
    else if (depth > 1) for (const inner of flattened(item, surroundings, depth - 1)) result.push(inner)
    else {
      surroundings.budget.spend(item.length)
      for (const inner of item) result.push(inner)
    }
  }
  return result
}

function distinct(items: List, surroundings: Surroundings): List {
  const seen = new Set<unknown>()
  return items.filter((item) => {
    const identity = identityOf(item, surroundings.budget)
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}

function duplicates(items: List, surroundings: Surroundings): List {
  const counts = new Map<unknown, { item: FeelValue; count: number }>()
  for (const item of items) {
    const identity = identityOf(item, surroundings.budget)
    const known = counts.get(identity)
    if (known === undefined) counts.set(identity, { item, count: 1 })
    else known.count++
  }
  return [...counts.values()].filter(({ count }) => count > 1).map(({ item }) => item)
}

function sorted(items: List, precedes: FeelFunction, surroundings: Surroundings): FeelValue {
  if (precedes.parameters.length !== 2)
    return new FeelError(`expect boolean function with 2 arguments, but found '${precedes.parameters.length}'`)
  const isBefore = (a: FeelValue, b: FeelValue) => {
    const answer = precedes.invoke([a, b], surroundings)
    if (typeof answer === 'boolean') return answer
    throw new EvaluationFailed(`expected boolean but found '${briefly(answer ?? null)}'`)
  }
  try {
    return [...items].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))
  } catch (error) {
    if (!(error instanceof EvaluationFailed)) throw error
    const reason = error.message.replace(/^java[\w.]+: /, '')
    return new FeelError(`fail to sort list by given precedes function: ${reason}`)
  }
}

/** Nulls are left out. */
function join(
  items: List,
  delimiter: FeelValue,
  prefix: FeelValue,
  suffix: FeelValue,
  { budget }: Surroundings,
): FeelValue | undefined {
  if (typeof delimiter !== 'string' || typeof prefix !== 'string' || typeof suffix !== 'string') return undefined
  const parts = items.filter((item) => item !== null)
  if (!parts.every((part) => typeof part === 'string'))
    return new FeelError(`expected a list of strings but found '${listText(items)}'`)
  budget.spendText(
    parts.reduce((length, part) => length + part.length + delimiter.length, prefix.length + suffix.length),
  )
  return prefix + parts.join(delimiter) + suffix
}

/** As Scala prints its lists. */
function listText(items: List): string {
  return `List(${items.map(briefly).join(', ')})`
}
