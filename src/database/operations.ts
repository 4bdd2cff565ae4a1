import { CommitbaseError } from '../errors.ts'
import { shown } from './json.ts'
import type { Operation } from './operation.ts'
import { deleteMany } from './operations/deleteMany.ts'
import { deleteOne } from './operations/deleteOne.ts'
import { dropDb } from './operations/dropDb.ts'
import { dropTable } from './operations/dropTable.ts'
import { explain } from './operations/explain.ts'
import { findMany } from './operations/findMany.ts'
import { findOne } from './operations/findOne.ts'
import { get } from './operations/get.ts'
import { defineInit } from './operations/init.ts'
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
  upsert,
  updateOne,
  updateMany,
  deleteOne,
  deleteMany,
  dropTable,
  dropDb,
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
