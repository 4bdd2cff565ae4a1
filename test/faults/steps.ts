import type { Step } from '../../src/step.ts'

/**
 * Where a process comes to a step: a hub at work; a hub that is asked to stop, that takes a person's push, that owes a message which
 * nobody takes, or that has many packs; or a run of the Action.
 */
export type Occasion = 'work' | 'stop' | 'push' | 'poison' | 'packs' | 'action'

/** What brings each step about, and up to how often it is let pass before the process ends there. */
export const occasions: Readonly<Record<Step, readonly [Occasion, times: number]>> = {
  'journal.taken': ['work', 3],
  'journal.written': ['work', 3],
  'journal.synced': ['work', 3],
  'journal.renewed': ['work', 1],
  'intake.durable': ['work', 200],
  'intake.applied': ['work', 200],
  'intake.settled': ['work', 200],
  'batch.evaluated': ['work', 30],
  'batch.landed': ['work', 30],
  'ahead.written': ['work', 30],
  'ahead.synced': ['work', 30],
  'ahead.rewritten': ['work', 1],
  'ahead.kept': ['push', 1],
  'ahead.renewed': ['work', 1],
  'ahead.takenUp': ['work', 1],
  'ahead.cut': ['work', 3],
  'ahead.removed': ['stop', 1],
  'seal.begun': ['work', 4],
  'seal.folded': ['work', 4],
  'pack.kept': ['work', 6],
  'pack.written': ['work', 6],
  'pack.renamed': ['work', 6],
  'pack.indexed': ['work', 6],
  'pack.placed': ['work', 6],
  'seal.placed': ['work', 4],
  'refs.locked': ['work', 4],
  'refs.filled': ['work', 4],
  'refs.renamed': ['work', 10],
  'refs.moved': ['work', 4],
  'seal.moved': ['work', 4],
  'pack.superseded': ['push', 60],
  'pack.released': ['stop', 1],
  'upkeep.begun': ['packs', 2],
  'upkeep.merged': ['packs', 1],
  'upkeep.done': ['packs', 2],
  'push.lent': ['push', 1],
  'push.taken': ['push', 1],
  'rows.written': ['work', 12],
  'message.sent': ['work', 20],
  'letter.buried': ['poison', 1],
  'cursor.moved': ['work', 4],
  'engine.decided': ['work', 60],
  'engine.saved': ['work', 60],
  'action.resent': ['action', 1],
  'remote.packed': ['action', 1],
  'remote.pushed': ['action', 1],
  'action.landed': ['action', 1],
  'action.sent': ['action', 1],
}

export const allSteps = Object.keys(occasions) as Step[]
