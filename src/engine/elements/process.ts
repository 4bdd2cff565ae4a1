import { dropCompensations } from '../compensations.ts'
import type { ProcessElement } from '../compile/model.ts'
import { activateStartEvent } from '../lifecycle/eventActivation.ts'
import { activated, activateIn } from '../lifecycle/transitions.ts'
import type { Behaviour, Run } from '../run.ts'
import { scopeOf } from '../scopes.ts'
import type { ElementInstance } from '../state/rows.ts'
import { localVariables } from '../variables/variables.ts'
import { startNext } from '../waiting/correlation.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'

/** BPMN 2.0.2 §13.3.1: it ends when nothing runs in it and no token is on its way. Its start event is that of what started it, else the none start event. When one that a message started has ended, the next message of the key starts one. */
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
  },
  beforeCompleted(run, instance) {
    finish(run, instance, 'completed')
  },
  leave(run, instance) {
    finish(run, instance, 'terminated')
  },
  ended(run, { bpmnProcessId, startMessage }) {
    if (startMessage !== undefined) startNext(run, bpmnProcessId, startMessage.correlationKey)
  },
  ...scopeOf,
}

function finish(run: Run, instance: ElementInstance, outcome: 'completed' | 'terminated'): void {
  // Nobody but the call activity waits for a called process.
  if (instance.parentElementInstanceKey !== undefined) return
  const { processDefinitionKey, bpmnProcessId, version, key } = instance
  const variables = localVariables(run.state, key)
  run.finished.push({ processInstanceKey: key, processDefinitionKey, bpmnProcessId, version, outcome, variables })
}
