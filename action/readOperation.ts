import { parseJson } from '../src/database/json/json.ts'
import { operations } from '../src/database/operations/operations.ts'
import { CommitbaseError, codeOf } from '../src/errors.ts'
import type { EventRequest } from '../src/events/applyEvent.ts'
import { inputOf } from './inputs.ts'

type ReadOperation = Pick<EventRequest, 'operation' | 'fault'>

/**
 * The operation that the inputs ask for: what is neither text nor number nor truth value is JSON text. Of the predecessor's inputs
 * those that the operation does not take are left out, as it did. `fault` says which text is no JSON; the parameters are the texts
 * then.
 */
export function readOperation(name: string, given: Readonly<Record<string, string>>): ReadOperation {
  const taken = operations.find((operation) => operation.name === name)?.parameters
  const texts = Object.entries(given).filter(
    ([key]) => taken === undefined || Object.hasOwn(taken, key) || !predecessors.has(key),
  )
  try {
    const parameters = texts.map(([key, text]) => [key, parameter(key, text, taken?.[key]?.type)])
    return { operation: { name, parameters: Object.fromEntries(parameters) } }
  } catch (error) {
    if (codeOf(error) !== 'invalid') throw error
    return { operation: { name, parameters: Object.fromEntries(texts) }, fault: error as CommitbaseError }
  }
}

const predecessors: ReadonlySet<string> = new Set(['table', 'query', 'record', 'tables'])

/** `type` is that of its JSON Schema. Where it may be a text, only what looks like an object or a list is none. */
function parameter(key: string, text: string, type: unknown): unknown {
  const input = `input '${inputOf(key)}'`
  if (type === undefined || type === 'string') return text
  if (type === 'boolean') return truthFrom(text, input)
  if (type === 'integer') return numberFrom(text, input)
  const mayBeText = Array.isArray(type) && type.includes('string')
  return mayBeText && !/^\s*[{[]/.test(text) ? text : parseJson(text, input)
}

/** As YAML writes them. */
function truthFrom(text: string, input: string): boolean {
  const truth = text.toLowerCase()
  if (truth === 'true' || truth === 'false') return truth === 'true'
  throw new CommitbaseError('invalid', `${input} must be true or false; got '${text.slice(0, 80)}'`)
}

function numberFrom(text: string, input: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new CommitbaseError('invalid', `${input} must be a whole number; got '${text.slice(0, 80)}'`)
}
