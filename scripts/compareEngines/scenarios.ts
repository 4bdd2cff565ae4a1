import type { Scenario } from './player.ts'
import { deployments } from './scenarios/deployments.ts'
import { elements } from './scenarios/elements.ts'
import { expressions } from './scenarios/expressions.ts'
import { incidents } from './scenarios/incidents.ts'
import { jobs } from './scenarios/jobs.ts'
import { messages } from './scenarios/messages.ts'
import { scopes } from './scenarios/scopes.ts'
import { shop } from './scenarios/shop.ts'

/** Short processes and the shop's, each touching what its name says. They run beside each other on two engines. */
export const scenarios: Record<string, Scenario> = {
  ...deployments,
  ...jobs,
  ...messages,
  ...elements,
  ...scopes,
  ...incidents,
  ...expressions,
  ...shop,
}
