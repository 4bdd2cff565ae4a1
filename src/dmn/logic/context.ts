import { FeelFunction } from '../../feel/values/value.ts'
import type { Compiler } from '../compiler.ts'
import { type Scope, type Values, withVariables } from '../evaluation.ts'
import type { Node } from '../moddle.ts'
import type { Context } from '../model.ts'

/** DMN 1.3 §10.4.1: entries, each of which sees those before it; a last one without a name is what all comes to. */
export function compileContext(compiler: Compiler, node: Node): Context {
  const all = node.contextEntry ?? []
  const last = all.at(-1)
  const endsInResult = last !== undefined && last.variable === undefined
  const entries = (endsInResult ? all.slice(0, -1) : all).map(({ variable, value }) => ({
    name: variable?.name ?? '',
    logic: compiler.logic(logicOf(value)),
  }))
  const result = endsInResult ? { result: compiler.logic(logicOf(last.value)) } : {}
  return { kind: 'context', entries, ...result }
}

export function evaluateContext({ entries, result }: Context, scope: Scope): unknown {
  let values: Values = {}
  for (const { name, logic } of entries) {
    values = { ...values, [name]: scope.evaluate(logic, withVariables(scope, values)) }
  }
  return result === undefined ? withoutFunctions(values) : scope.evaluate(result, withVariables(scope, values))
}

/** Outside of the context they are null. */
function withoutFunctions(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof FeelFunction ? null : value]),
  )
}

function logicOf(value: Node['value']): Node | undefined {
  return typeof value === 'string' ? undefined : value
}
