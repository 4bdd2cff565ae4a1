import { throwErrorFrom, unhandledMessage } from '../bpmnErrors.ts'
import type { ErrorDefinition, ThrowDefinition } from '../compile/model.ts'
import { activated } from '../lifecycle/transitions.ts'
import { IncidentRaised } from '../run.ts'
import { evaluateCode } from '../variables/expressions.ts'
import { type CatchType, placeIn, type ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.4: always ends what it interrupts. */
export const errorCatch: CatchType<ErrorDefinition> = {
  compile(event, { problems }) {
    const { node, definition, place, interrupting } = event
    const at = place === 'eventSubProcess' ? node.$parent?.id : node.id
    if (!interrupting) problems.add(at ?? '', 'Non-Interrupting event of this type is not allowed')
    const errorCode = definition.errorRef?.errorCode
    if (errorCode?.startsWith('=')) {
      problems.add(placeIn(event), 'The errorCode of the error catch event is not allowed to be an expression')
    }
    return { type: 'error', ...(errorCode && { errorCode }) }
  },
}

/** The nearest event that catches the code takes over; without one, incident UNHANDLED_ERROR_EVENT. */
export const errorThrow: ThrowType<Extract<ThrowDefinition, { type: 'error' }>> = {
  compile(event, { problems }) {
    const at = placeIn(event)
    const error = event.definition.errorRef
    if (error === undefined) problems.add(at, 'Must reference an error')
    else if (!error.errorCode) problems.add(at, 'ErrorCode must be present and not empty')
    return { type: 'error', errorCode: problems.expression(at, error?.errorCode || '-') }
  },
  activate(run, instance, _element, { errorCode: code }) {
    const errorCode = evaluateCode(run, instance.key, code)
    const scope = run.state.elements.get(instance.scopeKey)
    const thrown = throwErrorFrom(run, scope, errorCode, {}, () => activated(run, instance))
    if (thrown) return
    throw new IncidentRaised('UNHANDLED_ERROR_EVENT', unhandledMessage(run, scope, errorCode, ''), instance.key)
  },
}
