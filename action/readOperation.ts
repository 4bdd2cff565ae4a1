import { parseJson } from '../src/database/json.ts'
import { operations } from '../src/database/operations.ts'
import { type CommitbaseError, codeOf } from '../src/errors.ts'
import type { EventRequest } from '../src/events/applyEvent.ts'

type ReadOperation = Pick<EventRequest, 'operation' | 'fault'>

/**
 * The operation that the inputs ask for: `query` and `record` are JSON text. Inputs that the operation does not take are left out,
 * as the predecessor did. `fault` says which text is no JSON; the parameters are the texts then.
 */
export function readOperation(name: string, given: Readonly<Record<string, string>>): ReadOperation {
  const taken = operations.find((operation) => operation.name === name)?.parameters
  const texts = Object.entries(given).filter(([key]) => taken === undefined || Object.hasOwn(taken, key))
  try {
    return {
      operation: { name, parameters: Object.fromEntries(texts.map(([key, text]) => [key, parameter(key, text)])) },
    }
  } catch (error) {
    if (codeOf(error) !== 'invalid') throw error
    return { operation: { name, parameters: Object.fromEntries(texts) }, fault: error as CommitbaseError }
  }
}

function parameter(key: string, text: string): unknown {
  return key === 'query' || key === 'record' ? parseJson(text, `input '${key}'`) : text
}
