import type { IntermediateThrowEvent } from '../compile/model.ts'
import { compileThrow, onlyDefinition } from '../definitions/table.ts'
import type { Element } from './element.ts'
import { compileJobWorker } from './serviceTask.ts'
import { throwEvent } from './throwEvent.ts'

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
  ...throwEvent,
}
