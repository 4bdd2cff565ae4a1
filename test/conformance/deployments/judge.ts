import * as java from '../../java.ts'

/** What Zeebe's own reader says of a model: what is wrong with it, as `element: message`, or why it cannot be read. */
export type Answer = { problems: readonly string[] } | { unreadable: string }

/** Asks zeebe-bpmn-model. */
export function askJudge(models: readonly string[]): Answer[] {
  return java.askJudge(import.meta.dirname, models)
}
