import type { Syntax } from '../parse/syntax.ts'
import { definesFunction, sizeOf } from '../parse/traverse.ts'
import { isNumber, negate } from '../values/decimal.ts'
import { compareBy, compute } from '../values/operators.ts'
import { propertyOf } from '../values/properties.ts'
import { FeelTime, isTemporal } from '../values/temporal.ts'
import { parseTemporal, parseTime } from '../values/temporalText.ts'
import { briefly } from '../values/text.ts'
import {
  FeelError,
  FeelFunction,
  FeelRange,
  type FeelValue,
  failed,
  nothing,
  type Surroundings,
  typeName,
} from '../values/value.ts'
import { type Code, decide, expected, NoInput } from './code.ts'
import { compileCall } from './compileCall.ts'
import { compileFilter } from './compileFilter.ts'
import { compileEvery, compileFor, compileIteration, compileSome } from './compileLoop.ts'
import { compileTest } from './compileTest.ts'
import { Entries, Names, type Scope } from './scope.ts'

/** Each kind of syntax, by the function that makes code of it. */
export function compile(syntax: Syntax): Code {
  switch (syntax.kind) {
    case 'literal':
      return constant(syntax.value)
    case 'temporal':
      return compileTemporal(syntax)
    case 'variable':
      return compileVariable(syntax.name, syntax.path)
    case 'input':
      return input
    case 'path':
      return compilePath(compile(syntax.of), syntax.name)
    case 'filter':
      return compileFilter(syntax, compile)
    case 'list':
      return compileList(syntax.items.map(compile))
    case 'context':
      return compileContext(
        syntax.entries.map(({ key, value }) => ({ key, code: compile(value), isClosed: definesFunction(value) })),
      )
    case 'range':
      return compileRange(syntax)
    case 'negation':
      return compileNegation(compile(syntax.of))
    case 'arithmetic':
      return compileArithmetic(syntax)
    case 'comparison':
      return compileComparison(syntax)
    case 'between':
      return compileBetween(syntax)
    case 'instance of':
      return compileInstanceOf(compile(syntax.of), syntax.type)
    case 'in':
      return compileIn(compile(syntax.of), compileTest(syntax.tests, compile))
    case 'and':
      return all(syntax.operands.map(compile))
    case 'or':
      return any(syntax.operands.map(compile))
    case 'if':
      return compileIf(syntax)
    case 'for':
      return compileFor(syntax, compile)
    case 'some':
      return compileSome(syntax, compile)
    case 'every':
      return compileEvery(syntax, compile)
    case 'iteration':
      return compileIteration(compile(syntax.start), compile(syntax.end))
    case 'function':
      return compileFunction(syntax)
    case 'call':
      return compileCall(syntax, compile)
    default:
      return compileTest(syntax, compile)
  }
}

function constant(value: FeelValue): Code {
  return () => value
}

/** Read once, but where a zone's offset goes by the clock. */
function compileTemporal({ of, text }: Extract<Syntax, { kind: 'temporal' }>): Code {
  const read = (now: number): FeelValue => (of === 'time' ? parseTime(text, now) : parseTemporal(text, now)) ?? null
  const value = read(0)
  if (value instanceof FeelTime && value.zone !== null) return ({ surroundings: { now } }) => read(now)
  return constant(value)
}

/** Of a variable that is not there, what would be in it is not looked for. */
function compileVariable(name: string, path: readonly string[]): Code {
  return (scope) => {
    let value = scope.variable(name)
    if (value === undefined) return noVariable(scope.surroundings, name)
    for (const property of path) value = propertyOf(value, property, scope.surroundings)
    return value
  }
}

function noVariable(surroundings: Surroundings, name: string): null {
  return nothing(surroundings, 'NO_VARIABLE_FOUND', `No variable found with name '${name}'`)
}

function input({ input }: Scope): FeelValue {
  if (input === undefined) throw new NoInput()
  return input
}

function compilePath(of: Code, name: string): Code {
  return (scope) => propertyOf(of(scope), name, scope.surroundings)
}

function compileList(items: readonly Code[]): Code {
  return (scope) => {
    scope.surroundings.budget.spend(items.length)
    const values = items.map((item) => item(scope))
    return values.find((value) => value instanceof FeelError) ?? values
  }
}

interface EntryCode {
  readonly key: string
  readonly code: Code
  /** It makes functions, which never see the entries after it, nor itself. */
  readonly isClosed: boolean
}

/** An entry sees those before it. */
function compileContext(entries: readonly EntryCode[]): Code {
  return (scope) => {
    scope.surroundings.budget.spend(entries.length)
    const context: Record<string, FeelValue> = {}
    const inner = scope.within(new Entries(context))
    for (const [at, { key, code, isClosed }] of entries.entries()) {
      if (isClosed) scope.surroundings.budget.spend(at)
      const value = code(isClosed ? scope.within(new Entries({ ...context })) : inner)
      if (value instanceof FeelError) return value
      if (key === '__proto__')
        Object.defineProperty(context, key, { value, configurable: true, enumerable: true, writable: true })
      else context[key] = value
    }
    return context
  }
}

function compileRange({ start, startIsClosed, end, endIsClosed }: Extract<Syntax, { kind: 'range' }>): Code {
  const [low, high] = [compile(start), compile(end)]
  return (scope) => {
    const [from, to] = [low(scope), high(scope)]
    if (from instanceof FeelError) return from
    if (to instanceof FeelError) return to
    const range = new FeelRange({ value: from, isClosed: startIsClosed }, { value: to, isClosed: endIsClosed })
    const isValid = isNumber(from)
      ? isNumber(to)
      : isTemporal(from) && isTemporal(to) && from.constructor === to.constructor
    return isValid ? range : failed(scope.surroundings, 'INVALID_TYPE', `Invalid range definition '${briefly(range)}'`)
  }
}

function compileNegation(of: Code): Code {
  return (scope) => {
    const value = of(scope)
    if (isNumber(value)) return negate(value)
    return value instanceof FeelError ? null : expected('number', value, scope.surroundings)
  }
}

function compileArithmetic(syntax: Extract<Syntax, { kind: 'arithmetic' }>): Code {
  const first = compile(syntax.first)
  const rest = syntax.rest.map(({ operator, operand }) => ({ operator, operand: compile(operand) }))
  return (scope) => {
    let value = first(scope)
    for (const { operator, operand } of rest) value = compute(operator, value, operand(scope), scope.surroundings)
    return value
  }
}

function compileComparison(syntax: Extract<Syntax, { kind: 'comparison' }>): Code {
  const { operator } = syntax
  const [left, right] = [compile(syntax.left), compile(syntax.right)]
  return (scope) => compareBy(operator, left(scope), right(scope), scope.surroundings)
}

function compileBetween(syntax: Extract<Syntax, { kind: 'between' }>): Code {
  const [of, low, high] = [compile(syntax.of), compile(syntax.low), compile(syntax.high)]
  const size = sizeOf(syntax.of)
  return (scope) => {
    const { surroundings } = scope
    surroundings.budget.spend(size)
    const isHigh = decide(true, compareBy('>=', of(scope), low(scope), surroundings), false, surroundings)
    if (isHigh === false) return false
    return decide(isHigh, compareBy('<=', of(scope), high(scope), surroundings), false, surroundings)
  }
}

const typeAliases: Record<string, string> = {
  'date time': 'date and time',
  'year-month-duration': 'years and months duration',
  'day-time-duration': 'days and time duration',
}

function compileInstanceOf(of: Code, type: string): Code {
  const name = typeAliases[type] ?? type
  return (scope) => {
    const value = of(scope)
    if (value instanceof FeelError) return value
    return name === 'Any' ? value !== null : typeName(value) === name
  }
}

function compileIn(of: Code, test: Code): Code {
  return (scope) => {
    const value = of(scope)
    return value instanceof FeelError ? value : test(scope.testing(value))
  }
}

/** Of three values: a false one makes it false, else one that is not boolean makes it null. */
function all(operands: readonly Code[]): Code {
  return (scope) => decided(operands, scope, false)
}

function any(operands: readonly Code[]): Code {
  return (scope) => decided(operands, scope, true)
}

/** Two by two: `deciding` in one of them is the value of the whole; those after it are not evaluated. */
function decided([first, ...rest]: readonly Code[], scope: Scope, deciding: boolean): FeelValue {
  let result = first!(scope)
  for (const operand of rest) {
    const before = decide(!deciding, result, deciding, scope.surroundings)
    result = before === deciding ? before : decide(before, operand(scope), deciding, scope.surroundings)
  }
  return result
}

/** What is not true is false. */
function compileIf(syntax: Extract<Syntax, { kind: 'if' }>): Code {
  const [condition, then, otherwise] = [compile(syntax.condition), compile(syntax.then), compile(syntax.otherwise)]
  return (scope) => {
    const isMet = condition(scope)
    if (typeof isMet !== 'boolean' && !(isMet instanceof FeelError)) expected('boolean', isMet, scope.surroundings)
    return isMet === true ? then(scope) : otherwise(scope)
  }
}

function compileFunction(syntax: Extract<Syntax, { kind: 'function' }>): Code {
  const body = compile(syntax.body)
  const size = sizeOf(syntax.body) + syntax.parameters.length
  return (scope) =>
    new FeelFunction(syntax.parameters, (values, { budget }) => {
      budget.spend(size)
      return body(scope.within(new Names(new Map(syntax.parameters.map((name, at) => [name, values[at] ?? null])))))
    })
}
