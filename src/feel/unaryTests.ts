import type { Budget } from './budget.ts'
import { compile } from './compile/compile.ts'
import { inputName, type VariableLookup } from './compile/scope.ts'
import { parseTests } from './parse/parse.ts'
import { type Runnable, run } from './run.ts'

/** What a cell of a decision table asks of its input, such as `> 5`, `"a","b"`, `[1..10]`, `not(3)`, `-`, `? * 2 > 10`. */
export type UnaryTests = Runnable

/** `value`: whether the input fulfils them; null where FEEL cannot tell, such as `null > 5`. */
export interface UnaryTestsResult {
  readonly value: boolean | null
  readonly warnings: readonly string[]
  /** They did not come to a value at all (`assert`, out of bounds); then `value` is null. */
  readonly failure?: string
}

/** Reads the unary tests of DMN (1.3, §10.3.1.2, grammar rule 15). Throws FeelSyntaxError. An empty cell, too, is `-`: any input. */
export function parseUnaryTests(source: string): UnaryTests {
  const syntax = parseTests(source.trim() === '' ? '-' : source)
  return { source, code: compile(syntax) }
}

/**
 * Asks them of `input`, a FEEL value or JSON, which they find as `?`, too. `now`, `unique` and `budget` as in `evaluate`.
 */
export function evaluateUnaryTests(
  tests: UnaryTests,
  input: unknown,
  variables: VariableLookup,
  now: number,
  unique?: () => string,
  budget?: Budget,
): UnaryTestsResult {
  const all: VariableLookup = { get: (name) => (name === inputName ? input : variables.get(name)) }
  const { result, warnings, failure } = run(tests, all, now, unique, budget, (value) => value)
  if (failure !== undefined) return { value: null, warnings, failure }
  return { value: typeof result === 'boolean' ? result : null, warnings }
}
