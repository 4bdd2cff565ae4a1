import type { Node } from './moddle.ts'
import type { Problems } from './problems.ts'
import { twice } from './twice.ts'

/** Of events that are waited for together, no two may be of the same message, signal, escalation or error: which one would take over is not left to chance. */
export function checkSameEvents(id: string, definitions: readonly Node[], problems: Problems): void {
  const ofType = (name: string) => definitions.filter(({ $type }) => $type === `bpmn:${name}EventDefinition`)
  for (const name of twice(definitions.flatMap(({ messageRef }) => messageRef?.name || []))) {
    problems.add(id, `Multiple message event definitions with the same name '${name}' are not allowed.`)
  }
  for (const name of twice(definitions.flatMap(({ signalRef }) => signalRef?.name || []))) {
    problems.add(id, `Multiple signal event definitions with the same name '${name}' are not allowed.`)
  }
  const escalations = ofType('Escalation').map(({ escalationRef: ref }) => ref && (ref.escalationCode || null))
  const errors = ofType('Error').map(({ errorRef: ref }) => ref && (ref.errorCode || null))
  for (const code of twice(escalations)) problems.add(id, twoFor('escalation', code))
  for (const code of twice(errors)) problems.add(id, twoFor('error', code))
}

/** One without a reference and one whose reference has no code are two to the real engine: they are let pass together. */
function twoFor(what: 'error' | 'escalation', code: string | null | undefined): string {
  return code
    ? `Multiple ${what} catch events with the same ${what} code '${code}' are not supported on the same scope.`
    : `The same scope can not contain more than one ${what} catch event without ${what} code. An ${what} catch event without ${what} code catches all ${what}s.`
}
