import { type Compiler, compileExpression, nothing } from '../compiler.ts'
import { evaluateExpression, type Scope } from '../evaluation.ts'
import { functionOf } from '../functionOf.ts'
import type { Node } from '../moddle.ts'
import type { FunctionDefinition } from '../model.ts'
import { compileParameters } from '../parameters.ts'

/** DMN 1.3 §10.4.4: a function, for the entries of a context that come after it. */
export function compileFunctionDefinition(compiler: Compiler, node: Node): FunctionDefinition {
  const { body } = node
  const isLiteral = body?.$type === 'dmn:LiteralExpression'
  if (!isLiteral) compiler.problems.push(`expected literal expression but found '${body?.$type ?? null}'`)
  const expression = isLiteral ? compileExpression(compiler, body) : nothing
  return { kind: 'functionDefinition', parameters: compileParameters(node), expression }
}

export function evaluateFunctionDefinition({ parameters, expression }: FunctionDefinition, scope: Scope): unknown {
  return functionOf(parameters, scope, (inner) => evaluateExpression(expression, inner))
}
