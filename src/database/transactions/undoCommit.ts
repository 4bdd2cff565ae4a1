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
  for (const [name, undo] of Map.groupBy(plan.undo, ({ table }) => table)) await undoIn(name, undo, tables, writes)
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

/** What goes makes room first: an id may come back in another case. */
async function undoIn(name: string, undo: readonly Undo[], tables: OpenTables, writes: RecordWrites): Promise<void> {
  for (const { id, record } of undo) {
    if (record) continue
    await tables.change(name, (table) => {
      if (table.blob(id)) writes.remove('REVERT', table, id)
    })
  }
  const records = undo.flatMap(({ record }) => record ?? [])
  await tables.change(name, (table) => writes.put('REVERT', table, records))
}
