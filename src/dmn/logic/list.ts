import type { Compiler } from '../compiler.ts'
import type { Scope } from '../evaluation.ts'
import type { Node } from '../moddle.ts'
import type { List } from '../model.ts'

/** DMN 1.3 §10.4.3. */
export function compileList(compiler: Compiler, node: Node): List {
  return { kind: 'list', elements: (node.elements ?? []).map((element) => compiler.logic(element)) }
}

export function evaluateList({ elements }: List, scope: Scope): unknown {
  return elements.map((logic) => scope.evaluate(logic, scope))
}
