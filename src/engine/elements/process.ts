import { dropCompensations } from '../compensations.ts'
import type { ProcessElement } from '../compile/model.ts'
import { activated, activateIn, activateStartEvent } from '../lifecycle.ts'
import type { Behaviour, Run } from '../run.ts'
import { scopeOf } from '../scopes.ts'
import type { ElementInstance } from '../state.ts'
import { unsubscribe } from '../unsubscribe.ts'
import { localVariables } from '../variables.ts'

/** BPMN 2.0.2 §13.3.1: it ends when nothing runs in it and no token is on its way. Its start event is that of what started it, else the none start event. */
export const process: Behaviour<ProcessElement> = {
  activate(run, instance, element) {
    activated(run, instance)
    const [started] = instance.triggers
    if (started === undefined) activateIn(run, instance, element.startEventId!)
    else activateStartEvent(run, instance, started)
  },
  complete(run, instance) {
    unsubscribe(run, instance)
    dropCompensations(run, instance.key)
    finish(run, instance, 'completed')
  },
  leave(run, instance) {
    finish(run, instance, 'terminated')
  },
  ...scopeOf,
}

function finish(run: Run, instance: ElementInstance, outcome: 'completed' | 'terminated'): void {
  // Nobody but the call activity waits for a called process.
  if (instance.parentElementInstanceKey !== undefined) return
  const { processDefinitionKey, bpmnProcessId, version, key } = instance
  const variables = localVariables(run.state, key)
  run.finished.push({ processInstanceKey: key, processDefinitionKey, bpmnProcessId, version, outcome, variables })
  if (instance.startMessage === undefined) return
  run.laterSteps.push({ type: 'startNext', bpmnProcessId, correlationKey: instance.startMessage.correlationKey })
}
