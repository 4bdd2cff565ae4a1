import type { Command, Decision } from './command.ts'
import { evolve } from './evolve.ts'
import type { State } from './state.ts'

/**
 * What a command brings about: events and a response, or a rejection in the real engine's words. The state is as
 * before when it returns. `now`: milliseconds since the epoch.
 */
export function decide(state: State, command: Command, now: number): Decision {
  state.journal.undo = []
  const counter = state.counter
  try {
    return process(state, command, now)
  } finally {
    takeBack(state, counter)
  }
}

/** Decides and evolves in one go: what the runtime calls. A rejected or failing command changes nothing. */
export function execute(state: State, command: Command, now: number): Decision {
  const decision = decide(state, command, now)
  if ('events' in decision) for (const event of decision.events) evolve(state, event)
  return decision
}

function takeBack(state: State, counter: number): void {
  const undo = state.journal.undo ?? []
  state.journal.undo = undefined
  for (let i = undo.length - 1; i >= 0; i -= 1) undo[i]!()
  state.counter = counter
}

function process(_state: State, command: Command, _now: number): Decision {
  return { rejection: { code: 'INTERNAL', message: `'${command.type}' is not there yet` } }
}
