import type { EngineEvent } from '../event.ts'
import { countKey } from './countKey.ts'
import { compensations } from './folds/compensations.ts'
import { deployments } from './folds/deployments.ts'
import { elements } from './folds/elements.ts'
import { evaluations } from './folds/evaluations.ts'
import type { EventOf, FoldsOf } from './folds/fold.ts'
import { incidents } from './folds/incidents.ts'
import { jobs } from './folds/jobs.ts'
import { messages } from './folds/messages.ts'
import { signals } from './folds/signals.ts'
import { timers } from './folds/timers.ts'
import { userTasks } from './folds/userTasks.ts'
import { variables } from './folds/variables.ts'
import type { State } from './state.ts'

/** One file for what is changed together. */
const folds: FoldsOf = {
  ...deployments,
  ...evaluations,
  ...elements,
  ...variables,
  ...jobs,
  ...userTasks,
  ...timers,
  ...messages,
  ...signals,
  ...compensations,
  ...incidents,
}

/** Folds an event into the state. */
export function evolve<Type extends EngineEvent['type']>(state: State, event: EventOf<Type>): void {
  countKey(state, event.key)
  folds[event.type as Type](state, event)
}
