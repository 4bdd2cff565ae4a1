import type { Syntax } from '../parse/syntax.ts'
import { sizeOf } from '../parse/traverse.ts'
import {
  add,
  compareNumbers,
  type FeelNumber,
  isNumber,
  negate,
  signOf,
  subtract,
  toDouble,
} from '../values/decimal.ts'
import { FeelError, type FeelValue, isContext, isList } from '../values/value.ts'
import { type Code, type Compile, expected } from './code.ts'
import { Entries, OneName, type Scope } from './scope.ts'

/** `list[3]`, `list[-1]`, `list[item > 3]`: an index, or a condition that is asked of each item. */
export function compileFilter({ list, filter }: Extract<Syntax, { kind: 'filter' }>, compile: Compile): Code {
  const listCode = compile(list)
  const filterCode = compile(filter)
  const index = constantIndex(filter)
  const size = sizeOf(filter)
  const mayBeIndex = filter.kind !== 'comparison' && filter.kind !== 'call'
  return (scope) => {
    const items = listCode(scope)
    if (items instanceof FeelError) return null
    if (!isList(items)) return expected('list', items, scope.surroundings)
    if (index !== undefined) return at(items, index)
    scope.surroundings.budget.spend((items.length + 1) * size)
    // seen without the items first: it is an index where it is a number then
    const whole = mayBeIndex ? filterCode(scope) : null
    return isNumber(whole) ? at(items, whole) : orNull(filtered(items, filterCode, scope))
  }
}

function constantIndex(filter: Syntax): FeelNumber | undefined {
  if (filter.kind === 'literal' && isNumber(filter.value)) return filter.value
  const negated = filter.kind === 'negation' ? constantIndex(filter.of) : undefined
  return filter.kind === 'negation' && filter.of.kind === 'literal' && negated !== undefined
    ? negate(negated)
    : undefined
}

/** From 1, or from the end where it is negative. */
function at(items: readonly FeelValue[], index: FeelNumber): FeelValue {
  const position = signOf(index) > 0 ? subtract(index, 1) : add(items.length, index)
  if (signOf(position) < 0 || compareNumbers(position, items.length) >= 0) return null
  return items[Math.trunc(toDouble(position))] ?? null
}

/** The first item's answer tells, too, whether it is an index. */
function filtered(items: readonly FeelValue[], filter: Code, scope: Scope): FeelValue {
  const found: FeelValue[] = []
  for (const [position, item] of items.entries()) {
    const answer = filter(withItem(item, scope))
    if (answer instanceof FeelError) return answer
    if (position === 0 && isNumber(answer)) return at(items, answer)
    if (answer === true) found.push(item)
  }
  return found
}

/** `item`, and the entries of one that is a context. */
function withItem(item: FeelValue, scope: Scope): Scope {
  const named = scope.within(new OneName('item', item))
  return isContext(item) ? named.within(new Entries(item)) : named
}

function orNull(value: FeelValue): FeelValue {
  return value instanceof FeelError ? null : value
}
