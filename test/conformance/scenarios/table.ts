import type { Scenarios } from '../scenario.ts'
import { serviceTaskScenarios } from './serviceTask.ts'

/** All scenarios, by the element or the rule that they show. */
export const scenarios: Readonly<Record<string, Scenarios>> = {
  'service task': serviceTaskScenarios,
}
