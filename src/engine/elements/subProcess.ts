import type { SubProcess } from '../compile/model.ts'
import { innerScope } from '../scopes.ts'
import type { Element } from './element.ts'
import { compileEventSubProcess, eventSubProcessesIn } from './eventSubProcess.ts'

/** BPMN 2.0.2 §13.3.4, embedded. Its variables are a scope of their own; only output mappings leave it. Its start event opens its boundary events. */
export const subProcess: Element<SubProcess> = {
  compile(node, base, compiling) {
    if (node.triggeredByEvent) return compileEventSubProcess(node, base, compiling)
    const starts = (node.flowElements ?? []).filter((element) => element.$type === 'bpmn:StartEvent')
    if (starts.length !== 1) compiling.problems.add(base.id, 'Must have exactly one start event')
    if (starts[0]?.eventDefinitions?.length) {
      compiling.problems.add(base.id, 'Start events in subprocesses must be of type none')
    }
    const startEventId = starts[0]?.id ?? ''
    return { ...base, kind: 'subProcess', startEventId, eventSubProcesses: eventSubProcessesIn(node) }
  },
  ...innerScope,
}
