import { CommitbaseError } from '../../errors.ts'
import type { RevertTarget } from '../past/revert.ts'
import { defineOperation } from './operation.ts'
import { at, commit, object, reasons } from './schemas.ts'

/** Undoes what an event or a commit did to records, by a new commit. */
export const revert = defineOperation<{ event?: string; source?: string; commit?: string; force?: boolean }>({
  name: 'REVERT',
  text: 'Undoes what an event, or a commit, did to records, by a new commit. Give event or commit.',
  parameters: {
    event: { type: 'string', description: "The event's id." },
    source: { type: 'string', description: "The event's source (default: that of the event which asks for this)." },
    commit: { ...at, description: 'A commit, in place of the event: 7 to 40 hex digits of its id.' },
    force: { type: 'boolean', description: 'true: undo it although later commits changed the same records.' },
  },
  required: [],
  result: object({
    revertedCommit: commit,
    revertedRecords: { type: 'array', items: object({ table: { type: 'string' }, id: { type: 'string' } }) },
  }),
  errors: {
    invalid: `neither event nor commit is given, or both; the event made no commit; the commit is a merge or changed no record; ${reasons.record}`,
    not_found: 'the event has no receipt; the commit is none of the branch',
    conflict: 'later commits changed the same records: the message names them',
  },
  writes: true,
  evaluate: ({ force, ...target }, tx) => tx.revert(targetOf(target), { force }),
})

function targetOf({ event, source, commit }: { event?: string; source?: string; commit?: string }): RevertTarget {
  if ((event === undefined) === (commit === undefined))
    throw new CommitbaseError(
      'invalid',
      `REVERT needs one of 'event' and 'commit'; got ${event === undefined ? 'neither' : 'both'}`,
    )
  return event === undefined ? { commit: commit! } : { event, source }
}
