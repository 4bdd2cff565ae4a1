import { CommitbaseError } from '../../errors.ts'
import { shown } from '../json/json.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { changes } from './changes.ts'
import { count } from './count.ts'
import { deleteMany } from './deleteMany.ts'
import { deleteOne } from './deleteOne.ts'
import { diff } from './diff.ts'
import { dropDb } from './dropDb.ts'
import { dropTable } from './dropTable.ts'
import { explain } from './explain.ts'
import { findMany } from './findMany.ts'
import { findOne } from './findOne.ts'
import { get } from './get.ts'
import { history } from './history.ts'
import { defineInit } from './init.ts'
import { insert } from './insert.ts'
import type { Operation } from './operation.ts'
import { patch } from './patch.ts'
import { revert } from './revert.ts'
import { defineTransact } from './transact.ts'
import { updateMany } from './updateMany.ts'
import { updateOne } from './updateOne.ts'
import { upsert } from './upsert.ts'

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
export function runOperation(name: string, parameters: unknown, tx: DatabaseTransaction): Promise<unknown> {
  return byName.get(name)?.run(parameters, tx) ?? Promise.reject(unknownOperation(name))
}

function unknownOperation(name: string): CommitbaseError {
  const known = operations.map(({ name }) => name).join(', ')
  return new CommitbaseError('invalid', `there is no operation ${shown(name)}; there are ${known}`)
}

/** Whether an operation of that name can change something. */
export function writes(name: string): boolean {
  return byName.get(name)?.writes ?? false
}
