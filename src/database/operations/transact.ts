import { CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { type JsonObject, shown } from '../json/json.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { defineOperation, type Operation } from './operation.ts'
import { object } from './schemas.ts'

/** Does one operation, by its name. */
type Run = (name: string, parameters: unknown, tx: DatabaseTransaction) => Promise<unknown>

/** Several operations, one after the other, each on what those before it did. All of it is one commit, or nothing is. */
export function defineTransact(run: Run): Operation {
  return defineOperation<{ operations: readonly Step[] }>({
    name: 'TRANSACT',
    text: 'Does several operations in their order, in one commit: all of them or none. Each sees what those before it did.',
    parameters: {
      operations: {
        type: 'array',
        items: { type: 'object', properties: { operation: { type: 'string' } }, required: ['operation'] },
        minItems: 1,
        maxItems: 10_000,
        description: 'Objects: the name of each as operation, and beside it its parameters. No TRANSACT among them.',
      },
    },
    required: ['operations'],
    result: object({ results: { type: 'array', description: 'What each operation gave, in their order.' } }),
    errors: {
      invalid: 'one of the operations is refused so; the message says which',
      not_found: 'one of the operations ends so; the message says which',
      conflict: 'one of the operations ends so; the message says which',
    },
    writes: true,
    async evaluate({ operations }, tx) {
      const results: unknown[] = []
      for (const [index, step] of operations.entries())
        results.push(await runStep(run, step, tx, index, operations.length))
      return { results }
    },
  })
}

interface Step extends JsonObject {
  readonly operation: string
}

async function runStep(
  run: Run,
  { operation, ...parameters }: Step,
  tx: DatabaseTransaction,
  index: number,
  count: number,
) {
  try {
    if (operation === 'TRANSACT')
      throw new CommitbaseError('invalid', 'a TRANSACT cannot hold another; list its operations here')
    return await run(operation, parameters, tx)
  } catch (error) {
    const which = `operation ${index + 1} of ${count} (${shown(operation)})`
    throw new CommitbaseError(codeOf(error), `${which} failed, and nothing was written: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
