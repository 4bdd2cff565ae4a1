import { randomBytes } from 'node:crypto'
import { createNewId } from '../../src/database/newId.ts'
import { operations, runOperation } from '../../src/database/operations.ts'
import { createTransaction } from '../../src/database/transaction.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { openStorage } from '../../src/hub/openStorage.ts'

/** A repository folder opened as the hub opens it, to read at its head. */
export interface Reader {
  run(operation: string, parameters: object): Promise<unknown>
  close(): Promise<void>
}

/** Whether this version has the operation: the benchmark also measures older ones. */
export function knows(operation: string): boolean {
  return operations.some(({ name }) => name === operation)
}

export async function openReader(folder: string): Promise<Reader> {
  const storage = await openStorage({ folder, environment: process.env, clock: Date.now })
  const newId = createNewId({ now: Date.now, random: randomBytes })
  const tree = (await Workspace.open(storage.repository, [storage.branch])).tree(storage.branch)
  return {
    run: (operation, parameters) => {
      const now = new Date().toISOString()
      return runOperation(operation, parameters, createTransaction({ tree, basedir: 'db', now, newId }))
    },
    close: () => storage.close(),
  }
}
