import { throwErrorFrom, unhandledMessage } from '../bpmnErrors.ts'
import type { EndEvent } from '../compile/model.ts'
import { evaluateString } from '../expressions.ts'
import { activated, queueCompletion, terminateChildren } from '../lifecycle.ts'
import { applyOutputs } from '../mappings.ts'
import { type Behaviour, IncidentRaised, type Run } from '../run.ts'
import type { ElementInstance } from '../state.ts'

/**
 * BPMN 2.0.2 §13.5.6. None: the token ends here. Terminate: so does everything in the scope. Error: the nearest event
 * that catches the code takes over; without one, incident UNHANDLED_ERROR_EVENT. Zeebe 8.6.0 does only the output
 * mappings, and a terminate end event's not either.
 */
export const endEvent: Behaviour = {
  activate(run, instance, element) {
    const { event } = element as EndEvent
    if (event.type === 'error') {
      throwError(run, instance, event.errorCode)
      return
    }
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    if ((element as EndEvent).event.type === 'terminate') terminateChildren(run, instance.scopeKey)
    else applyOutputs(run, instance, element, {})
  },
}

type ErrorCode = Extract<EndEvent['event'], { type: 'error' }>['errorCode']

function throwError(run: Run, instance: ElementInstance, code: ErrorCode): void {
  const errorCode = code.kind === 'static' ? code.value : evaluateString(run, instance.key, code)
  const thrown = throwErrorFrom(run, instance, errorCode, {}, () => activated(run, instance))
  if (thrown) return
  throw new IncidentRaised('UNHANDLED_ERROR_EVENT', unhandledMessage(run, instance, errorCode, ''), instance.key)
}
