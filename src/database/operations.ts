import { CommitbaseError } from '../errors.ts'
import { shown } from './json.ts'
import type { Operation } from './operation.ts'
import { changes } from './operations/changes.ts'
import { count } from './operations/count.ts'
import { deleteMany } from './operations/deleteMany.ts'
import { deleteOne } from './operations/deleteOne.ts'
import { diff } from './operations/diff.ts'
import { dropDb } from './operations/dropDb.ts'
import { dropTable } from './operations/dropTable.ts'
import { explain } from './operations/explain.ts'
import { findMany } from './operations/findMany.ts'
import { findOne } from './operations/findOne.ts'
import { get } from './operations/get.ts'
import { history } from './operations/history.ts'
import { defineInit } from './operations/init.ts'
import { insert } from './operations/insert.ts'
import { patch } from './operations/patch.ts'
import { revert } from './operations/revert.ts'
import { defineTransact } from './operations/transact.ts'
import { updateMany } from './operations/updateMany.ts'
import { updateOne } from './operations/updateOne.ts'
import { upsert } from './operations/upsert.ts'
import type { DatabaseTransaction } from './transaction.ts'

/** Every operation there is; each door offers these. */
export const operations: readonly Operation[] = [
  defineInit(() => operations.map(({ name }) => name)),
  get,
  findOne,
  findMany,
  explain,
  count,
  insert,
  upsert,
  patch,
  updateOne,
  updateMany,
  deleteOne,
  deleteMany,
  dropTable,
  dropDb,
  defineTransact(runOperation),
  history,
  diff,
  revert,
  changes,
]

const byName: ReadonlyMap<unknown, Operation> = new Map(operations.map((operation) => [operation.name, operation]))

/** Does the operation in the transaction and gives its result. Throws `invalid` for an unknown name or wrong parameters. */
export async function runOperation(name: string, parameters: unknown, tx: DatabaseTransaction): Promise<unknown> {
  const operation = byName.get(name)
  if (operation) return await operation.run(parameters, tx)
  throw new CommitbaseError(
    'invalid',
    `there is no operation ${shown(name)}; there are ${operations.map(({ name }) => name).join(', ')}`,
  )
}

/** Whether an operation of that name can change something. */
export function writes(name: string): boolean {
  return byName.get(name)?.writes ?? false
}
