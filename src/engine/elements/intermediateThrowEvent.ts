import type { IntermediateThrowEvent } from '../compile/model.ts'
import { compileThrow, onlyDefinition, throwTypeOf } from '../definitions/table.ts'
import { applyOutputs } from '../mappings.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'

/** BPMN 2.0.2 §13.5.2: throws, and the token goes on. One that throws a message is done by a job worker. */
export const intermediateThrowEvent: Element<IntermediateThrowEvent> = {
  compile(node, base, compiling) {
    const definition = onlyDefinition(node, compiling)
    if (definition === undefined) return { ...base, kind: 'intermediateThrowEvent', event: { type: 'none' } }
    if (definition.$type === 'bpmn:MessageEventDefinition') return compileJobWorker(node, base, compiling)
    const event = compileThrow(
      { node, definition, place: 'intermediateThrow', interrupting: false },
      ['escalation', 'link', 'compensation', 'signal'],
      compiling,
    )
    return event && { ...base, kind: 'intermediateThrowEvent', event }
  },
  activate(run, instance, element) {
    throwTypeOf(element.event).activate(run, instance, element, element.event)
  },
  complete(run, instance, element) {
    const { complete } = throwTypeOf(element.event)
    if (complete !== undefined) complete(run, instance, element, element.event)
    else applyOutputs(run, instance, element, {})
  },
}
