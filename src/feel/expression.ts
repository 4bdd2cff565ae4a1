import type { Code } from './compile/code.ts'
import { compile } from './compile/compile.ts'
import { parse } from './parse/parse.ts'
import { variablesIn } from './parse/traverse.ts'

export { FeelSyntaxError } from './parse/reader.ts'

/** A value of a model: FEEL where it starts with `=`, else a static string. */
export type Expression = StaticExpression | FeelExpression

export interface StaticExpression {
  kind: 'static'
  value: string
}

export interface FeelExpression {
  kind: 'feel'
  /** As written, without the `=`. */
  source: string
  /** Evaluates it. */
  code: Code
  /** The names that it looks up. */
  variables: readonly string[]
  /** `a.b.c` and nothing else: most are. */
  path?: readonly string[]
}

/** Reads an attribute of a model. Throws FeelSyntaxError for what is not FEEL. */
export function parseExpression(text: string): Expression {
  return text.startsWith('=') ? parseFeel(text.slice(1).trim()) : { kind: 'static', value: text }
}

/** Reads FEEL, without the `=`. Throws FeelSyntaxError. */
export function parseFeel(source: string): FeelExpression {
  const syntax = parse(source)
  return {
    kind: 'feel',
    source,
    code: compile(syntax),
    variables: [...variablesIn(syntax)],
    ...(syntax.kind === 'variable' && { path: [syntax.name, ...syntax.path] }),
  }
}

/** The name that an expression stands for, where it is a variable or a path from one. */
export function variableOf(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'feel' ? expression.path?.[0] : undefined
}
