import { CommitbaseError } from '../../errors.ts'
import { type RevertPlan, refuseLater, type Undo } from '../past/revert.ts'
import type { OpenTables } from './openTables.ts'
import type { RecordWrites } from './recordWrites.ts'

/** Writes each record as it was before the commit. Throws `conflict` where others, or this transaction, changed one since, unless `force` says to lose that. */
export async function undoCommit(
  plan: RevertPlan,
  force: boolean,
  tables: OpenTables,
  writes: RecordWrites,
): Promise<void> {
  if (!force) {
    refuseLater(plan)
    await refuseOwnWrites(tables, plan.undo)
  }
  const undone = Map.groupBy(plan.undo, ({ table }) => table)
  // What goes makes room first: an id, or a table, may come back in another case.
  for (const [name, undo] of undone) await removeFrom(name, undo, tables, writes)
  for (const [name, undo] of undone) await putInto(name, undo, tables, writes)
}

/** The later commits are known to be none; what this transaction wrote is not among them. */
async function refuseOwnWrites(tables: OpenTables, undo: readonly Undo[]): Promise<void> {
  for (const { table, id, after } of undo) {
    const blob = (await tables.change(table, (looked) => looked.blob(id))) ?? null
    if (blob === after) continue
    throw new CommitbaseError(
      'conflict',
      `'${id}' in ${table} was changed by this transaction, so that nothing can be reverted there; revert first, or give force: true`,
    )
  }
}

async function removeFrom(
  name: string,
  undo: readonly Undo[],
  tables: OpenTables,
  writes: RecordWrites,
): Promise<void> {
  for (const { id, record } of undo) {
    if (record) continue
    await tables.change(name, (table) => {
      if (table.blob(id)) writes.remove('REVERT', table, id)
    })
  }
}

async function putInto(name: string, undo: readonly Undo[], tables: OpenTables, writes: RecordWrites): Promise<void> {
  const records = undo.flatMap(({ record }) => record ?? [])
  if (records.length > 0) await tables.change(name, (table) => writes.put('REVERT', table, records))
}
