import type { EscalationDefinition, ThrowDefinition } from '../compile/model.ts'
import { escalate } from '../escalations.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { IncidentRaised } from '../run.ts'
import { evaluateCode } from '../variables/expressions.ts'
import { type CatchType, type DefinedEvent, placeIn, type ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.5: what is thrown is looked for up the scopes. Without an escalation it catches all; one without a code catches none, as on the real engine. */
export const escalationCatch: CatchType<EscalationDefinition> = {
  compile(event, { problems }) {
    const { node, definition, place } = event
    if (place === 'boundary' && !isOnScope(event)) {
      const what = 'An escalation boundary event should only be attached to a subprocess, or a call activity.'
      problems.add(node.id ?? '', what)
    }
    const escalation = definition.escalationRef
    const escalationCode = escalation === undefined ? '' : escalation.escalationCode || undefined
    if (escalationCode?.startsWith('=')) {
      const what = 'The escalationCode of the escalation catch event is not allowed to be an expression'
      problems.add(placeIn(event), what)
    }
    return { type: 'escalation', ...(escalationCode !== undefined && { escalationCode }) }
  },
}

/** The nearest event that catches the code is triggered; where it interrupts, or there is none, see `escalate`. */
export const escalationThrow: ThrowType<Extract<ThrowDefinition, { type: 'escalation' }>> = {
  compile(event, { problems }) {
    const escalation = event.definition.escalationRef
    const at = escalation?.id ?? ''
    if (escalation === undefined) problems.add(placeIn(event), 'Must reference an escalation')
    else if (!escalation.escalationCode) problems.add(at, 'EscalationCode must be present and not empty')
    return { type: 'escalation', escalationCode: problems.expression(at, escalation?.escalationCode || '-') }
  },
  activate(run, instance, _element, definition) {
    const escalationCode = evaluateCode(run, instance.key, definition.escalationCode)
    if (escalationCode === '') {
      throw new IncidentRaised('EXTRACT_VALUE_ERROR', 'Expected escalationCode not to be empty', instance.key)
    }
    activated(run, instance)
    if (escalate(run, instance, escalationCode)) queueCompletion(run, instance)
  },
}

function isOnScope({ node }: DefinedEvent): boolean {
  return /SubProcess$|CallActivity$/.test(node.attachedToRef?.$type ?? 'SubProcess')
}
