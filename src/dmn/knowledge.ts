import { evaluateContainer, type Scope, type Values, withVariables } from './evaluation.ts'
import { functionOf } from './functionOf.ts'
import type { KnowledgeModel } from './model.ts'
import { checkType } from './typeCheck.ts'

/** The functions that models of business knowledge are, by name. */
export function functionsOf(models: readonly KnowledgeModel[], scope: Scope): Values {
  return Object.fromEntries(
    models.map((model) => {
      const inner = withVariables(scope, functionsOf(model.requires, scope))
      return [model.name, functionOf(model.parameters, inner, (called) => evaluateContainer(model, called))]
    }),
  )
}

/** Evaluates one whose parameters are variables. Throws EvaluationFailure where one is not of its type. */
export function evaluateKnowledge(model: KnowledgeModel, scope: Scope): unknown {
  const inner = withVariables(scope, functionsOf(model.requires, scope))
  for (const { name, type } of model.parameters) checkType(inner.variables[name] ?? null, type)
  return evaluateContainer(model, inner)
}
