import type { EndEvent } from '../compile/model.ts'
import { compileThrow, onlyDefinition } from '../definitions/table.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'
import { throwEvent } from './throwEvent.ts'

/** BPMN 2.0.2 §13.5.6: throws, and the token ends here. One that throws a message is done by a job worker. */
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
  ...throwEvent,
}
