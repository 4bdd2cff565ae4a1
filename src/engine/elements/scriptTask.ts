import { extension } from '../compile/moddle.ts'
import type { ScriptTask } from '../compile/model.ts'
import { bringResult, takeBrought } from '../lifecycle/triggering.ts'
import { evaluateIn } from '../variables/expressions.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'

/**
 * BPMN 2.0.2 §13.3.3. Zeebe: an expression that is evaluated when the task is entered; what it comes to is a variable when it is left.
 * With a task definition instead of an expression it is done by a job worker.
 */
export const scriptTask: Element<ScriptTask> = {
  compile(node, base, compiling) {
    const { problems } = compiling
    const script = extension(node, 'zeebe:Script')
    const isJob = extension(node, 'zeebe:TaskDefinition') !== undefined
    if ((script === undefined) !== isJob) {
      const message = "Must have either one 'zeebe:script' or one 'zeebe:taskDefinition' extension element"
      problems.add(base.id, message)
      return undefined
    }
    if (script === undefined) return compileJobWorker(node, base, compiling)
    const at = `${base.id} > extensionElements > script`
    problems.attribute(at, 'expression', script.expression)
    return {
      ...base,
      kind: 'scriptTask',
      expression: problems.feel(at, script.expression),
      resultVariable: problems.attribute(at, 'resultVariable', script.resultVariable),
    }
  },
  enter: applyInputs,
  activate(run, instance, element) {
    const { value } = evaluateIn(run, instance.key, element.expression)
    bringResult(run, instance, element.resultVariable, value)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
  },
}
