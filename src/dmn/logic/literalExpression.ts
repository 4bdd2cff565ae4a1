import { type Compiler, compileExpression } from '../compiler.ts'
import { evaluateExpression, type Scope } from '../evaluation.ts'
import type { Node } from '../moddle.ts'
import type { LiteralExpression } from '../model.ts'

/** DMN 1.3 §7.3.7: one expression. */
export function compileLiteralExpression(compiler: Compiler, node: Node): LiteralExpression {
  return { kind: 'literalExpression', expression: compileExpression(compiler, node) }
}

export function evaluateLiteralExpression({ expression }: LiteralExpression, scope: Scope): unknown {
  return evaluateExpression(expression, scope)
}
