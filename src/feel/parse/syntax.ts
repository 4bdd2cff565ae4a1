import type { FeelNumber } from '../values/decimal.ts'
import type { ArithmeticOperator, ComparisonOperator } from '../values/operators.ts'
import type { Temporals } from '../values/temporal.ts'

/** What an expression is read into. */
export type Syntax =
  | { kind: 'literal'; value: null | boolean | string | FeelNumber | Temporals }
  | { kind: 'temporal'; text: string; of: 'time' | '@' }
  /** A variable, and what is in it: `a.b.c`. */
  | { kind: 'variable'; name: string; path: readonly string[] }
  | { kind: 'input' }
  | { kind: 'path'; of: Syntax; name: string }
  | { kind: 'filter'; list: Syntax; filter: Syntax }
  | { kind: 'list'; items: readonly Syntax[] }
  | { kind: 'context'; entries: readonly { key: string; value: Syntax }[] }
  | { kind: 'range'; start: Syntax; startIsClosed: boolean; end: Syntax; endIsClosed: boolean }
  | { kind: 'negation'; of: Syntax }
  /** A chain of operators of one precedence, from left to right. */
  | { kind: 'arithmetic'; first: Syntax; rest: readonly { operator: ArithmeticOperator; operand: Syntax }[] }
  | { kind: 'comparison'; operator: ComparisonOperator; left: Syntax; right: Syntax }
  | { kind: 'between'; of: Syntax; low: Syntax; high: Syntax }
  | { kind: 'instance of'; of: Syntax; type: string }
  | { kind: 'in'; of: Syntax; tests: Syntax }
  | { kind: 'and' | 'or'; operands: readonly Syntax[] }
  | { kind: 'if'; condition: Syntax; then: Syntax; otherwise: Syntax }
  | { kind: 'for'; iterators: readonly Iterator[]; result: Syntax }
  | { kind: 'some' | 'every'; iterators: readonly Iterator[]; condition: Syntax }
  /** `start..end` of an iterator: a list. */
  | { kind: 'iteration'; start: Syntax; end: Syntax }
  | { kind: 'function'; parameters: readonly string[]; body: Syntax }
  | { kind: 'call'; context?: Syntax; name: string; arguments: Arguments }
  | UnaryTest

/** What is asked of an input: a decision table's cell, or the right side of `in`. */
export type UnaryTest =
  | { kind: 'input compares'; operator: ComparisonOperator; to: Syntax }
  | { kind: 'input in range'; range: Extract<Syntax, { kind: 'range' }> }
  | { kind: 'input test'; test: Syntax }
  | { kind: 'one of'; tests: readonly Syntax[] }
  | { kind: 'none of'; tests: Syntax }

export interface Iterator {
  readonly name: string
  readonly list: Syntax
}

export type Arguments =
  | { readonly named: false; readonly values: readonly Syntax[] }
  | { readonly named: true; readonly values: ReadonlyMap<string, Syntax> }
