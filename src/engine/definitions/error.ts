import { throwErrorFrom, unhandledMessage } from '../bpmnErrors.ts'
import type { ErrorDefinition, ThrowDefinition } from '../compile/model.ts'
import { evaluateCode } from '../expressions.ts'
import { activated } from '../lifecycle.ts'
import { IncidentRaised } from '../run.ts'
import type { CatchType, ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.4: always ends what it interrupts. */
export const errorCatch: CatchType<ErrorDefinition> = {
  compile({ node, definition, interrupting }, { problems }) {
    const id = node.id ?? ''
    if (!interrupting) problems.add(id, 'Non-Interrupting event of this type is not allowed')
    const errorCode = definition.errorRef?.errorCode
    if (errorCode?.startsWith('=')) {
      problems.add(id, 'The error code of a catch event must be static, not an expression')
    }
    return { type: 'error', ...(errorCode && { errorCode }) }
  },
}

/** The nearest event that catches the code takes over; without one, incident UNHANDLED_ERROR_EVENT. */
export const errorThrow: ThrowType<Extract<ThrowDefinition, { type: 'error' }>> = {
  compile({ node, definition }, { problems }) {
    const at = `${node.id} > errorEventDefinition`
    const error = definition.errorRef
    if (error === undefined) problems.add(at, 'Must reference an error')
    else if (!error.errorCode) problems.add(error.id ?? node.id ?? '', 'ErrorCode must be present and not empty')
    return { type: 'error', errorCode: problems.expression(at, error?.errorCode ?? '-') }
  },
  activate(run, instance, _element, { errorCode: code }) {
    const errorCode = evaluateCode(run, instance.key, code)
    const thrown = throwErrorFrom(run, instance, errorCode, {}, () => activated(run, instance))
    if (thrown) return
    throw new IncidentRaised('UNHANDLED_ERROR_EVENT', unhandledMessage(run, instance, errorCode, ''), instance.key)
  },
}
