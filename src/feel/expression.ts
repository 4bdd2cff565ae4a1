import { parseExpression as parseTree } from 'feelin'

/** A value of a model: FEEL where it starts with `=`, else a static string. */
export type Expression = StaticExpression | FeelExpression

export interface StaticExpression {
  kind: 'static'
  value: string
}

/**
 * `source` as written, without the `=`; `program` what is evaluated: functions are called by names of their own
 * (`fn count`), since in Camunda's FEEL a variable named `count` does not hide the function.
 */
export interface FeelExpression {
  kind: 'feel'
  source: string
  program: string
  variables: readonly string[]
  functions: readonly string[]
  /** `a.b.c` and nothing else: needs no interpreter. */
  path?: readonly string[]
  /** It computes with numbers, which FEEL does in decimals. */
  computes: boolean
}

/** The dialect with names in backticks, as Camunda's FEEL has them. */
export const dialect = 'camunda'

/** Where in the expression, and what is not understood there. */
export class FeelSyntaxError extends Error {}

/** Reads an attribute of a model. Throws FeelSyntaxError for what is not FEEL. */
export function parseExpression(text: string): Expression {
  return text.startsWith('=') ? parseFeel(text.slice(1).trim()) : { kind: 'static', value: text }
}

/** Reads FEEL, without the `=`. Throws FeelSyntaxError. */
export function parseFeel(source: string): FeelExpression {
  const variables = new Set<string>()
  const calls: { name: string; from: number; to: number }[] = []
  let computes = false
  parseTree(source, {}, dialect).iterate({
    enter(node) {
      if (node.type.isError) throw syntaxError(source, node.from)
      if (node.name === 'ArithOp') computes = true
      if (node.name !== 'VariableName') return
      const name = nameOf(source.slice(node.from, node.to))
      const parent = node.node.parent
      if (parent?.name === 'FunctionInvocation' && parent.from === node.from && node.node.prevSibling === null) {
        calls.push({ name, from: node.from, to: node.to })
      } else variables.add(name)
    },
  })
  const path = pathOf(source)
  return {
    kind: 'feel',
    source,
    program: withNamedCalls(source, calls),
    variables: [...variables],
    functions: [...new Set(calls.map((call) => call.name))],
    computes,
    ...(path && { path }),
  }
}

/** The name that an expression stands for, where it is a variable or a path from one. */
export function variableOf(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'feel' ? expression.path?.[0] : undefined
}

/** The name under which the interpreter finds a function. */
export function callName(name: string): string {
  return `fn ${name}`
}

function withNamedCalls(source: string, calls: readonly { name: string; from: number; to: number }[]): string {
  let program = ''
  let end = 0
  for (const { name, from, to } of calls) {
    program += `${source.slice(end, from)}\`${callName(name)}\``
    end = to
  }
  return program + source.slice(end)
}

const keywords = new Set([
  'null',
  'true',
  'false',
  'if',
  'then',
  'else',
  'for',
  'in',
  'return',
  'some',
  'every',
  'satisfies',
  'function',
  'not',
  'and',
  'or',
  'between',
  'instance',
  'of',
  'item',
  'partial',
])

function pathOf(source: string): string[] | undefined {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(source)) return undefined
  const path = source.split('.')
  return path.some((name) => keywords.has(name)) ? undefined : path
}

function nameOf(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1) : text.replace(/\s+/g, ' ')
}

function syntaxError(source: string, at: number): FeelSyntaxError {
  const found = at >= source.length ? 'end of input' : `"${source.slice(at, at + 10)}"`
  return new FeelSyntaxError(`failed to parse expression '${source}': unexpected ${found} at 1:${at + 1}`)
}
