import type { ProcessElement } from '../compile/model.ts'
import { activated, activateIn } from '../lifecycle.ts'
import { type Behaviour, note, type Run } from '../run.ts'
import { scopeOf } from '../scopes.ts'
import type { ElementInstance, EventTrigger } from '../state.ts'
import { unsubscribe } from '../unsubscribe.ts'
import { localVariables } from '../variables.ts'

/** BPMN 2.0.2 §13.3.1: it ends when nothing runs in it and no token is on its way. Its start event is that of what started it, else the none start event. */
export const process: Behaviour<ProcessElement> = {
  activate(run, instance, element) {
    activated(run, instance)
    const [started] = instance.triggers
    if (started !== undefined) noteStart(run, instance, started)
    const startEventId = started?.elementId ?? element.startEventId!
    activateIn(run, instance, startEventId)
  },
  complete(run, instance) {
    unsubscribe(run, instance)
    finish(run, instance, 'completed')
  },
  leave(run, instance) {
    finish(run, instance, 'terminated')
  },
  ...scopeOf,
}

function noteStart(run: Run, { key, processDefinitionKey }: ElementInstance, started: EventTrigger): void {
  const of = { scopeKey: processDefinitionKey, processInstanceKey: key, processDefinitionKey }
  note(run, { type: 'EVENT_TAKEN_ON', key: started.eventKey, targetElementId: started.elementId, ...of })
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
