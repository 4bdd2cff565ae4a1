import type { EndEvent } from '../compile/model.ts'
import { compileThrow, onlyDefinition, throwTypeOf } from '../definitions/table.ts'
import { applyOutputs } from '../mappings.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'

/** BPMN 2.0.2 §13.5.6: throws, and the token ends here. One that throws a message is done by a job worker. Of mappings Zeebe 8.6.0 does only the outputs, but for a signal's. */
export const endEvent: Element<EndEvent> = {
  compile(node, base, compiling) {
    if (base.outgoing.length > 0) {
      compiling.problems.add(base.id, 'End events must not have outgoing sequence flows to other elements.')
    }
    const definition = onlyDefinition(node, compiling)
    if (definition === undefined) return { ...base, kind: 'endEvent', event: { type: 'none' } }
    if (definition.$type === 'bpmn:MessageEventDefinition') return compileJobWorker(node, base, compiling)
    const place = 'end'
    const event = compileThrow(
      { node, definition, place, interrupting: false },
      ['terminate', 'error', 'escalation', 'compensation', 'signal'],
      compiling,
    )
    return event && { ...base, kind: 'endEvent', event }
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
