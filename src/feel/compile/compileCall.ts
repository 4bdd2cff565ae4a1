import { builtinsNamed } from '../builtins.ts'
import type { Arguments, Syntax } from '../parse/syntax.ts'
import { briefly } from '../values/text.ts'
import {
  FeelError,
  type FeelFunction,
  type FeelValue,
  failed,
  isContext,
  nothing,
  type Surroundings,
} from '../values/value.ts'
import { type Code, type Compile, expected } from './code.ts'
import { Entries, type Scope } from './scope.ts'

type CallSyntax = Extract<Syntax, { kind: 'call' }>

/** `f(1, 2)`, `f(b: 2, a: 1)`, and `context.f(1)`. */
export function compileCall(syntax: CallSyntax, compile: Compile): Code {
  const { context } = syntax
  return context === undefined
    ? compileNamedCall(syntax, compile)
    : compileContextCall(syntax, compile(context), compile)
}

/** A function of the expression before a built-in one. What fails is null, but for an assertion, which fails the whole. */
function compileNamedCall({ name, arguments: given }: CallSyntax, compile: Compile): Code {
  const fits = fitting(given)
  const builtin = builtinsNamed(name).find(fits)
  const call = compileArguments(given, compile)
  return (scope) => {
    const found = scope.functionNamed(name, fits) ?? builtin
    if (found === undefined) return nothing(scope.surroundings, 'NO_FUNCTION_FOUND', notFound(name, given))
    const value = call(found, scope)
    if (!(value instanceof FeelError)) return value
    if (name === 'assert') return nothing(scope.surroundings, 'ASSERT_FAILURE', value.reason)
    return nothing(
      scope.surroundings,
      'FUNCTION_INVOCATION_FAILURE',
      `Failed to invoke function '${name}': ${value.reason}`,
    )
  }
}

function compileContextCall({ name, arguments: given }: CallSyntax, of: Code, compile: Compile): Code {
  const fits = fitting(given)
  const call = compileArguments(given, compile)
  return (scope) => {
    const context = of(scope)
    if (context instanceof FeelError) return context
    if (!isContext(context)) {
      expected('context', context, scope.surroundings)
      return new FeelError(`Expected context but found '${briefly(context)}'`)
    }
    const found = scope.within(new Entries(context)).ownFunction(name, fits)
    return found === undefined
      ? failed(scope.surroundings, 'NO_FUNCTION_FOUND', notFound(name, given))
      : call(found, scope)
  }
}

/** By the number of its parameters, or their names. */
function fitting(given: Arguments): (candidate: FeelFunction) => boolean {
  if (given.named) return ({ parameters }) => [...given.values.keys()].every((name) => parameters.includes(name))
  const count = given.values.length
  return ({ parameters, takesMore }) => parameters.length === count || (takesMore && parameters.length < count)
}

function notFound(name: string, given: Arguments): string {
  const what = given.named ? `parameters: ${[...given.values.keys()].join(',')}` : `${given.values.length} parameters`
  return `No function found with name '${name}' and ${what}`
}

type Call = (called: FeelFunction, scope: Scope) => FeelValue

function compileArguments(given: Arguments, compile: Compile): Call {
  if (!given.named) {
    const codes = given.values.map((value) => compile(value))
    return (called, scope) =>
      invoke(
        called,
        positional(
          called,
          codes.map((code) => code(scope)),
        ),
        scope,
      )
  }
  const codes = new Map([...given.values].map(([name, value]) => [name, compile(value)]))
  return (called, scope) =>
    invoke(
      called,
      called.parameters.map((name) => codes.get(name)?.(scope) ?? null),
      scope,
    )
}

/** A list alone is the list of what the function takes more of. */
function positional({ parameters, takesMore }: FeelFunction, values: readonly FeelValue[]): readonly FeelValue[] {
  if (!takesMore) return values
  const fixed = parameters.length - 1
  const rest = values.slice(fixed)
  const isOneList = fixed === 0 && rest.length === 1 && Array.isArray(rest[0])
  return [...values.slice(0, fixed), isOneList ? rest[0]! : rest]
}

function invoke(called: FeelFunction, values: readonly FeelValue[], { surroundings }: Scope): FeelValue {
  surroundings.budget.spend(values.length + 1)
  const error = values.find((value) => value instanceof FeelError)
  if (error !== undefined) return error
  const value = called.invoke(values, surroundings)
  return value === undefined ? illegal(values, surroundings) : value
}

function illegal(values: readonly FeelValue[], { budget }: Surroundings): FeelError {
  const quoted = values.map((it) => `'${briefly(it)}'`).join(', ')
  budget.spend(quoted.length)
  return new FeelError(`Illegal arguments: ${quoted}`)
}
