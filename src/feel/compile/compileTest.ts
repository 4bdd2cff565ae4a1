import type { Syntax, UnaryTest } from '../parse/syntax.ts'
import { compare, compareBy, equal, isComparable, kindOf, not } from '../values/operators.ts'
import { sameItem } from '../values/sameItem.ts'
import { briefly } from '../values/text.ts'
import { type FeelValue, isList, nothing, type Surroundings } from '../values/value.ts'
import { type Code, type Compile, decide, NoInput } from './code.ts'
import { inputName, type Scope } from './scope.ts'

/** What is asked of the input: true, false, or null where nobody can tell. */
export function compileTest(test: Syntax, compile: Compile): Code {
  switch (test.kind) {
    case 'input compares':
      return compileComparing(test, compile)
    case 'input in range':
      return compileInRange(test, compile)
    case 'input test':
      return compileExpressionTest(compile(test.test))
    case 'one of': {
      const tests = test.tests.map((part) => compileTest(part, compile))
      return (scope) => oneOf(tests, scope)
    }
    case 'none of': {
      const tests = compileTest(test.tests, compile)
      return (scope) => not(tests(scope), scope.surroundings)
    }
    default:
      return compile(test)
  }
}

function oneOf(tests: readonly Code[], scope: Scope): FeelValue {
  let result: FeelValue = false
  for (const test of tests) {
    result = decide(result, test(scope), true, scope.surroundings)
    if (result === true) return true
  }
  return result
}

function inputOf(scope: Scope): FeelValue {
  const input = scope.variable(inputName)
  return input === undefined ? nothing(scope.surroundings, 'NO_VARIABLE_FOUND', 'No input value found.') : input
}

function compileComparing({ operator, to }: Extract<UnaryTest, { kind: 'input compares' }>, compile: Compile): Code {
  const code = compile(to)
  return (scope) => compareBy(operator, inputOf(scope), code(scope), scope.surroundings)
}

function compileInRange({ range }: Extract<UnaryTest, { kind: 'input in range' }>, compile: Compile): Code {
  const [start, end] = [compile(range.start), compile(range.end)]
  return (scope) => {
    const [low, high] = [start(scope), end(scope)]
    const input = inputOf(scope)
    const values = [input, low, high]
    for (const value of values) if (isList(value)) scope.surroundings.budget.spend(value.length / 2)
    if (!values.every(isComparable) || values.some((value) => kindOf(value) !== kindOf(input))) {
      const message = `Can't compare '${briefly(inputOf(scope))}' with '${briefly(low)}' and '${briefly(high)}'`
      return nothing(scope.surroundings, 'NOT_COMPARABLE', message)
    }
    const [fromStart, fromEnd] = [compare(input, low), compare(input, high)]
    const isAfterStart = range.startIsClosed ? fromStart >= 0 : fromStart > 0
    return isAfterStart && (range.endIsClosed ? fromEnd <= 0 : fromEnd < 0)
  }
}

/** An expression that asks for `?` is true or false itself; another is the value, or the list of values, that the input is to be. */
function compileExpressionTest(code: Code): Code {
  return (scope) => {
    const input = inputOf(scope)
    const value = withoutInput(code, scope)
    if (value === undefined) return booleanOrNull(code(scope.asking(input)))
    if (value === true) return true
    if (isList(value) && hasItem(value, input, scope.surroundings)) return true
    const isEqual = equal(input, value, scope.surroundings)
    if (isEqual === true) return true
    return isList(value) || isEqual !== null ? false : null
  }
}

function hasItem(items: readonly FeelValue[], input: FeelValue, { budget }: Surroundings): boolean {
  budget.spend(items.length / 4)
  return items.some((item) => sameItem(item, input, budget))
}

/** Undefined where it asked for the input. */
function withoutInput(code: Code, scope: Scope): FeelValue | undefined {
  try {
    return code(scope)
  } catch (error) {
    if (error instanceof NoInput) return undefined
    throw error
  }
}

function booleanOrNull(value: FeelValue): FeelValue {
  return typeof value === 'boolean' ? value : null
}
