import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { BaseElement, EventSubProcess } from '../compile/model.ts'
import { beginsOtherwise } from '../definitions/definition.ts'
import type { Behaviour } from '../run.ts'
import { innerScope } from '../scopes.ts'

/** BPMN 2.0.2 §13.5.4: begun by its start event, in the scope in which it lies; an interrupting one after all else there has ended. */
export const eventSubProcess: Behaviour<EventSubProcess> = innerScope

export function compileEventSubProcess(node: Node, base: BaseElement, { problems }: Compiling): EventSubProcess {
  const starts = (node.flowElements ?? []).filter((element) => element.$type === 'bpmn:StartEvent')
  if (starts.length !== 1) problems.add(base.id, 'Must have exactly one start event')
  const begins = starts.slice(0, 1).flatMap(({ eventDefinitions = [] }) => eventDefinitions)
  if (starts.length > 0 && begins.length === 0) problems.add(base.id, beginsOtherwise)
  const compensates = begins.some(({ $type }) => $type === 'bpmn:CompensateEventDefinition')
  if (compensates && node.$parent?.$type !== 'bpmn:SubProcess') {
    problems.add(base.id, 'A compensation event subprocess is not allowed on the process level')
  }
  if (base.incoming.length > 0) problems.add(base.id, 'Must not have incoming sequence flows')
  if (base.outgoing.length > 0) problems.add(base.id, 'Must not have outgoing sequence flows')
  return {
    ...base,
    type: 'EVENT_SUB_PROCESS',
    kind: 'eventSubProcess',
    startEventId: starts[0]?.id ?? '',
    eventSubProcesses: eventSubProcessesIn(node),
  }
}

/** The ids of the event subprocesses that lie in a process or subprocess. */
export function eventSubProcessesIn({ flowElements = [] }: Node): string[] {
  return flowElements
    .filter((node) => node.$type === 'bpmn:SubProcess' && node.triggeredByEvent)
    .map(({ id = '' }) => id)
}
