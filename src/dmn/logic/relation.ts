import type { Compiler } from '../compiler.ts'
import type { Scope } from '../evaluation.ts'
import type { Node } from '../moddle.ts'
import type { Relation } from '../model.ts'

/** DMN 1.3 §10.4.5: a list of contexts, written as a table. */
export function compileRelation(compiler: Compiler, node: Node): Relation {
  const names = (node.column ?? []).map((column) => column.name ?? '')
  const rows = (node.row ?? []).map((row) => row.elements ?? [])
  for (const { length } of rows) {
    if (length !== names.length)
      compiler.problems.push(`expected row with '${names.length}' elements but found '${length}'`)
  }
  return {
    kind: 'relation',
    rows: rows.map((row) =>
      row.slice(0, names.length).map((element, at) => ({ name: names[at]!, logic: compiler.logic(element) })),
    ),
  }
}

export function evaluateRelation({ rows }: Relation, scope: Scope): unknown {
  return rows.map((row) => Object.fromEntries(row.map(({ name, logic }) => [name, scope.evaluate(logic, scope)])))
}
