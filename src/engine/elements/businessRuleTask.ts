import { compileBinding } from '../compile/binding.ts'
import { extension } from '../compile/moddle.ts'
import type { BusinessRuleTask } from '../compile/model.ts'
import { boundDecision, evaluateDecision } from '../decisions.ts'
import { bringResult, takeBrought } from '../lifecycle/triggering.ts'
import { IncidentRaised } from '../run.ts'
import { evaluateString } from '../variables/expressions.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import { visibleVariables } from '../variables/variables.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'

/**
 * BPMN 2.0.2 §13.3.3. Zeebe: a decision that is evaluated with all that the task sees when it is entered; what it decides is a variable
 * when the task is left. With a task definition instead of a decision it is done by a job worker.
 */
export const businessRuleTask: Element<BusinessRuleTask> = {
  compile(node, base, compiling) {
    const { problems } = compiling
    const called = extension(node, 'zeebe:CalledDecision')
    const isJob = extension(node, 'zeebe:TaskDefinition') !== undefined
    if ((called === undefined) !== isJob) {
      const message = "Must have either one 'zeebe:calledDecision' or one 'zeebe:taskDefinition' extension element"
      problems.add(base.id, message)
      return undefined
    }
    if (called === undefined) return compileJobWorker(node, base, compiling)
    const at = `${base.id} > extensionElements > calledDecision`
    problems.attribute(at, 'decisionId', called.decisionId)
    return {
      ...base,
      kind: 'businessRuleTask',
      decisionId: problems.expression(at, called.decisionId),
      resultVariable: problems.attribute(at, 'resultVariable', called.resultVariable),
      binding: compileBinding(called, at, problems),
    }
  },
  enter: applyInputs,
  activate(run, instance, element) {
    const decisionId = evaluateString(run, instance.key, element.decisionId)
    const decision = boundDecision(run, decisionId, element.binding, instance.processDefinitionKey)
    if (typeof decision === 'string') throw new IncidentRaised('CALLED_DECISION_ERROR', decision, instance.key)
    const variables = visibleVariables(run.state, instance.key)
    const { failure, output } = evaluateDecision(run, decision, variables, instance).evaluation
    if (failure !== undefined) throw new IncidentRaised('DECISION_EVALUATION_ERROR', failure.message, instance.key)
    bringResult(run, instance, element.resultVariable, output)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
  },
}
