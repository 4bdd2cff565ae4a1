import type { Node } from './moddle.ts'
import type { Parameter } from './model.ts'

/** The formal parameters of a function. */
export function compileParameters(definition: Node): Parameter[] {
  return (definition.formalParameter ?? []).map(({ name, typeRef }) => ({
    name: name ?? '',
    ...(typeRef !== undefined && { type: typeRef }),
  }))
}
