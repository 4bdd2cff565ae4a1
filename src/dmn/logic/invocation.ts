import { type Compiler, compileExpression } from '../compiler.ts'
import { EvaluationFailure, evaluateExpression, type Scope, withVariables } from '../evaluation.ts'
import { evaluateKnowledge } from '../knowledge.ts'
import type { Node } from '../moddle.ts'
import type { Invocation, NoLogic } from '../model.ts'

/** DMN 1.3 §10.4.2: a business knowledge model, with its parameters bound. */
export function compileInvocation(compiler: Compiler, node: Node): Invocation | NoLogic {
  const bindings = (node.binding ?? []).flatMap(({ parameter, bindingFormula }) => {
    if (bindingFormula?.$type === 'dmn:LiteralExpression')
      return [{ name: parameter?.name ?? '', expression: compileExpression(compiler, bindingFormula) }]
    const found = bindingFormula?.$type ?? null
    compiler.problems.push(`expected binding with literal expression but found '${found}'`)
    return []
  })
  const called = node.calledFunction
  if (called?.$type !== 'dmn:LiteralExpression') {
    compiler.problems.push(`expected invocation with literal expression but found '${called?.$type ?? null}'`)
    return { kind: 'none' }
  }
  const name = called.text?.trim() ?? ''
  const knowledge = compiler.knowledge.get(name)
  if (knowledge !== undefined) return { kind: 'invocation', knowledge, bindings }
  compiler.problems.push(`no BKM found with name '${name}'`)
  return { kind: 'none' }
}

export function evaluateInvocation({ knowledge, bindings }: Invocation, scope: Scope): unknown {
  const bound = bindings.map(({ name, expression }) => [name, evaluateExpression(expression, scope)])
  const inner = withVariables(scope, Object.fromEntries(bound))
  const missing = knowledge.parameters.find(({ name }) => !Object.hasOwn(inner.variables, name))
  if (missing !== undefined) throw new EvaluationFailure(`no parameter found with name '${missing.name}'`)
  return evaluateKnowledge(knowledge, inner)
}
