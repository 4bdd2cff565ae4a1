import { parseUnaryTests as parseTree, unaryTest } from 'feelin'
import type { VariableLookup } from './evaluate.ts'
import { dialect, FeelSyntaxError } from './expression.ts'

/** What a cell of a decision table asks of its input, such as `> 5`, `"a","b"`, `[1..10]`, `not(3)`, `-`, `? * 2 > 10`. */
export interface UnaryTests {
  readonly source: string
}

/** `value`: whether the input fulfils them; null where FEEL cannot tell, such as `null > 5`. */
export interface UnaryTestsResult {
  readonly value: boolean | null
  readonly warnings: readonly string[]
  /** They did not come to a value at all (`assert`, out of time); then `value` is null. */
  readonly failure?: string
}

/** Reads the unary tests of DMN (1.3, §10.3.1.2, grammar rule 15). Throws FeelSyntaxError. An empty cell, too, is `-`: any input. */
export function parseUnaryTests(source: string): UnaryTests {
  const text = source.trim() === '' ? '-' : source
  parseTree(text, {}, dialect)
    .topNode.cursor()
    .iterate(({ node }) => {
      if (node.type.isError) throw new FeelSyntaxError(`failed to parse expression '${source}' at 1:${node.from + 1}`)
    })
  return { source: text }
}

/**
 * Asks them of `input`, a FEEL value or JSON, which they find as `?`, too. `now` and `unique` as in `evaluate`.
 */
export function evaluateUnaryTests(
  tests: UnaryTests,
  input: unknown,
  variables: VariableLookup,
  _now: number,
  _unique?: () => string,
): UnaryTestsResult {
  const context = new Proxy<Record<string, unknown>>(
    { '?': input },
    { get: (target, name) => target[String(name)] ?? variables.get(String(name)) },
  )
  const { value, warnings } = unaryTest(tests.source, context, dialect)
  return { value, warnings: warnings.map(({ type, message }) => `[${type}] ${message}`) }
}
