import type { Iterator, Syntax } from '../parse/syntax.ts'
import { sizeOf, uses } from '../parse/traverse.ts'
import { add, compareNumbers, isNumber, subtract, toDouble } from '../values/decimal.ts'
import { FeelError, type FeelValue, isList } from '../values/value.ts'
import { type Code, type Compile, decide, expected } from './code.ts'
import { Names, type Scope } from './scope.ts'

/** `for x in xs, y in ys return …`: the last iterator turns fastest. `partial` is what came of the turns before. */
export function compileFor({ iterators, result }: Extract<Syntax, { kind: 'for' }>, compile: Compile): Code {
  const loop = compileIterators(iterators, sizeOf(result), compile)
  const body = compile(result)
  const wantsPartial = uses(result, 'partial')
  return (scope) => {
    const results: FeelValue[] = []
    const lists = loop.lists(scope)
    if (lists === undefined) return null
    loop.each(lists, scope, (names) => {
      if (wantsPartial) {
        scope.surroundings.budget.spend(results.length)
        names.set('partial', [...results])
      }
      results.push(body(scope.within(new Names(names))))
      return true
    })
    return results
  }
}

export function compileSome(syntax: Quantified, compile: Compile): Code {
  return compileQuantified(syntax, true, compile)
}

export function compileEvery(syntax: Quantified, compile: Compile): Code {
  return compileQuantified(syntax, false, compile)
}

type Quantified = Extract<Syntax, { kind: 'some' | 'every' }>

function compileQuantified(syntax: Quantified, deciding: boolean, compile: Compile): Code {
  const loop = compileIterators(syntax.iterators, sizeOf(syntax.condition), compile)
  const condition = compile(syntax.condition)
  return (scope) => {
    let result: FeelValue = !deciding
    const lists = loop.lists(scope)
    if (lists === undefined) return null
    loop.each(lists, scope, (names) => {
      result = decide(result, condition(scope.within(new Names(names))), deciding, scope.surroundings)
      return result !== deciding
    })
    return result
  }
}

interface Loop {
  /** Undefined, and a warning, where one is no list. */
  lists(scope: Scope): (readonly FeelValue[])[] | undefined
  /** Until `turn` answers false. */
  each(lists: readonly (readonly FeelValue[])[], scope: Scope, turn: (names: Map<string, FeelValue>) => boolean): void
}

/** `size`: what a turn costs. */
function compileIterators(iterators: readonly Iterator[], size: number, compile: Compile): Loop {
  const codes = iterators.map(({ list }) => compile(list))
  const names = iterators.map(({ name }) => name)
  const each: Loop['each'] = (lists, scope, turn) => {
    const go = (depth: number, chosen: readonly FeelValue[]): boolean => {
      if (depth === lists.length) {
        scope.surroundings.budget.spend(size + names.length)
        return turn(new Map(names.map((name, at) => [name, chosen[at]!])))
      }
      return lists[depth]!.every((item) => go(depth + 1, [...chosen, item]))
    }
    go(0, [])
  }
  return { lists: (scope) => allLists(codes, scope), each }
}

function allLists(codes: readonly Code[], scope: Scope): (readonly FeelValue[])[] | undefined {
  const values = codes.map((code) => code(scope))
  for (const value of values) {
    if (!isList(value) && !(value instanceof FeelError)) expected('list', value, scope.surroundings)
  }
  return values.every(isList) ? values : undefined
}

/** `1..3`, and `3..1` down. */
export function compileIteration(startCode: Code, endCode: Code): Code {
  return (scope) => {
    const [start, end] = [startCode(scope), endCode(scope)]
    if (start instanceof FeelError || end instanceof FeelError) return start instanceof FeelError ? start : end
    if (!isNumber(start) || !isNumber(end)) {
      expected('number', isNumber(start) ? end : start, scope.surroundings)
      return new FeelError('Expected number')
    }
    const step = compareNumbers(start, end) < 0 ? 1 : -1
    const count = Math.floor(Math.abs(toDouble(subtract(end, start)))) + 1
    scope.surroundings.budget.spend(count)
    return Array.from({ length: count }, (_, at) => add(start, step * at))
  }
}
