import { sentKeyOf, textOf } from './body.ts'
import { invalid } from './problem.ts'

/** A definition that is named by its id or by its key: an id is empty, a key 0, where it is not. */
export function oneOf(body: Record<string, unknown>, idName: string, keyName: string): { id: string; key: number } {
  const id = textOf(body[idName])
  const key = sentKeyOf(body[keyName])
  if (id === undefined && key === undefined) throw invalid(`At least one of [${idName}, ${keyName}] is required`)
  if (id !== undefined && key !== undefined) throw invalid(`Only one of [${idName}, ${keyName}] is allowed`)
  return { id: id ?? '', key: key ?? 0 }
}
