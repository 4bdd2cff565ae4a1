import { checkTable } from '../tables/names.ts'
import { defineOperation, type Operation } from './operation.ts'
import { at, object, reasons } from './schemas.ts'

/** A dictionary of the operations and of tables, to hand to a process as a variable (`database.UPSERT`, `database.tables.customer`). */
export function defineInit(operations: () => readonly string[]): Operation {
  return defineOperation<{ tables?: string | readonly string[]; at?: string }>({
    name: 'INIT',
    text: 'Gives a dictionary of the operations and of the tables: those that are named, or those that are there.',
    parameters: {
      tables: {
        type: ['string', 'array'],
        items: { type: 'string' },
        description: 'Names, as a list or separated by commas.',
      },
      at,
    },
    required: [],
    result: object({ operations: dictionarySchema, tables: dictionarySchema }),
    errors: { invalid: `a table is no name; ${reasons.ambiguous}`, not_found: reasons.at },
    writes: false,
    async evaluate({ tables, at }, tx) {
      const named = namesIn(tables)
      return {
        operations: dictionary(operations()),
        tables: dictionary(named.length > 0 ? named : await tx.tables({ at })),
      }
    },
  })
}

const dictionarySchema = { type: 'object', additionalProperties: { type: 'string' } }

function namesIn(tables: string | readonly string[] = []): string[] {
  const names = typeof tables === 'string' ? tables.split(',').map((name) => name.trim()) : tables
  return names.filter((name) => name !== '').map(checkTable)
}

function dictionary(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]))
}
