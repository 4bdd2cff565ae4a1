import type { Node } from './moddle.ts'
import type { Problems } from './problems.ts'
import { twice } from './twice.ts'

/** Of events that are waited for together, no two may be of the same message or error: which one would take over is not left to chance. */
export function checkSameEvents(id: string, definitions: readonly Node[], problems: Problems): void {
  for (const name of twice(definitions.flatMap(({ messageRef }) => messageRef?.name || []))) {
    problems.add(id, `Multiple message event definitions with the same name '${name}' are not allowed.`)
  }
  const errors = definitions.filter(({ $type }) => $type === 'bpmn:ErrorEventDefinition')
  for (const code of twice(errors.map(({ errorRef }) => errorRef?.errorCode || undefined))) {
    problems.add(id, code === undefined ? twoForAllErrors : twoForError(code))
  }
}

const twoForAllErrors =
  'The same scope can not contain more than one error catch event without error code. An error catch event without error code catches all errors.'

function twoForError(code: string): string {
  return `Multiple error catch events with the same error code '${code}' are not supported on the same scope.`
}
