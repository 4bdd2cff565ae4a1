import { type Body, textOf } from './body.ts'
import { invalid, Problem, unreadable } from './problem.ts'

/** The key in a request's path, of the name that it has there. */
export function keyIn<Name extends string>(params: Readonly<Record<Name, string>>, name: Name): number {
  if (isLong(params[name])) return Number(params[name])
  throw new Problem(400, 'Bad Request', `Failed to convert '${name}' with value: '${params[name]}'`)
}

/** A key that is sent, as a number or a text. Undefined where it is absent or null. */
export function keyOf(value: unknown): number | undefined {
  const text = textOf(value)
  if (text !== undefined && !isLong(text)) throw unreadable()
  return text === undefined ? undefined : Number(text)
}

function isLong(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** A definition that is named by its id or by its key: an id is empty, a key 0, where it is not. */
export function definitionIn(body: Body, idName: string, keyName: string): { id: string; key: number } {
  const id = textOf(body[idName])
  const key = keyOf(body[keyName])
  if (id === undefined && key === undefined) throw invalid(`At least one of [${idName}, ${keyName}] is required`)
  if (id !== undefined && key !== undefined) throw invalid(`Only one of [${idName}, ${keyName}] is allowed`)
  return { id: id ?? '', key: key ?? 0 }
}
