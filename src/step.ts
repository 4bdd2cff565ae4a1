/**
 * The moments at which a crash matters, by the part that they belong to and what has just been done there. A test ends the
 * process at each of them (`test/faults/`), and knows how to bring it about.
 */
export type Step =
  // What is accepted: `src/git/disk/journal.ts`, `src/hub/intake/intake.ts`.
  | 'journal.taken'
  | 'journal.written'
  | 'journal.synced'
  | 'journal.renewed'
  | 'intake.durable'
  | 'intake.applied'
  | 'intake.settled'
  // The write door and the ahead-file: `src/git/writer.ts`, `src/git/local/aheadFile.ts`, `ahead.ts`.
  | 'batch.evaluated'
  | 'batch.landed'
  | 'ahead.written'
  | 'ahead.synced'
  | 'ahead.rewritten'
  | 'ahead.kept'
  | 'ahead.renewed'
  | 'ahead.takenUp'
  | 'ahead.cut'
  | 'ahead.removed'
  // A seal: `src/git/local/sealer.ts`, `moveRefs.ts`, `src/git/packs/packFolder.ts`.
  | 'seal.begun'
  | 'seal.folded'
  | 'pack.kept'
  | 'pack.written'
  | 'pack.renamed'
  | 'pack.indexed'
  | 'pack.placed'
  | 'seal.placed'
  | 'refs.locked'
  | 'refs.filled'
  | 'refs.renamed'
  | 'refs.moved'
  | 'seal.moved'
  | 'pack.superseded'
  | 'pack.released'
  // Git's upkeep, and a person's push: `src/git/local/upkeep.ts`, `local.ts`.
  | 'upkeep.begun'
  | 'upkeep.merged'
  | 'upkeep.done'
  | 'push.lent'
  | 'push.taken'
  // The indexes: `src/database/index/`.
  | 'rows.written'
  // Messages: `src/events/messages/deliver.ts`, `outbox.ts`.
  | 'message.sent'
  | 'letter.buried'
  | 'cursor.moved'
  // The engine: `src/engine/runtime/runtime.ts`.
  | 'engine.decided'
  | 'engine.saved'
  // The Action: `src/git/remote/remote.ts`, `action/applyRequest.ts`.
  | 'action.resent'
  | 'remote.packed'
  | 'remote.pushed'
  | 'action.landed'
  | 'action.sent'

let listener: ((step: Step) => void) | undefined

/** Says that the process has come to this moment. Nothing happens unless somebody listens. */
export function step(name: Step): void {
  if (listener !== undefined) listener(name)
}

/** Calls the listener at each step from now on: for a test that wants to break something just there. */
export function onStep(heard: (step: Step) => void): void {
  listener = heard
}
