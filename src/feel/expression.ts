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
  const text = source.replace(/\bget or else\s*\(/g, `\`${callName('get or else')}\`(`)
  const variables = new Set<string>()
  const functions = new Set<string>()
  const edits: Edit[] = []
  let computes = false
  parseTree(text, {}, dialect).iterate({
    enter({ node }) {
      if (node.type.isError) throw syntaxError(source, node.from)
      if (node.name === 'ArithOp') computes = true
      if (node.name === 'VariableName') readName(text, node, variables, functions, edits)
      if (node.name === 'IfExpression') edits.push(...strictCondition(node))
      if (node.name === 'Comparison') edits.push(...strictComparison(text, node, functions))
    },
  })
  const path = pathOf(source)
  return {
    kind: 'feel',
    source,
    program: edited(text, edits),
    variables: [...variables],
    functions: [...functions],
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

type SyntaxNode = Parameters<NonNullable<Parameters<ReturnType<typeof parseTree>['iterate']>[0]['enter']>>[0]['node']

/** Replaces what stands from `from` to `to`; of edits at one place the one that was made first stands first. */
interface Edit {
  from: number
  to: number
  text: string
}

function readName(text: string, node: SyntaxNode, variables: Set<string>, functions: Set<string>, edits: Edit[]): void {
  const name = nameOf(text.slice(node.from, node.to))
  const parent = node.parent
  const isCalled = parent?.name === 'FunctionInvocation' && parent.from === node.from && node.prevSibling === null
  if (!isCalled) variables.add(name)
  else if (name.startsWith(callName(''))) functions.add(name.slice(callName('').length))
  else {
    functions.add(name)
    edits.push({ from: node.from, to: node.to, text: `\`${callName(name)}\`` })
  }
}

/** Only `true` is true: feelin takes any value for it. */
function strictCondition(node: SyntaxNode): Edit[] {
  const condition = node.firstChild?.nextSibling
  if (!condition) return []
  return [
    { from: condition.from, to: condition.from, text: '(' },
    { from: condition.to, to: condition.to, text: ') = true' },
  ]
}

/** Calls the operator by its name, but for a filter's own condition, which feelin must know as one. */
function strictComparison(text: string, node: SyntaxNode, functions: Set<string>): Edit[] {
  const operator = node.firstChild?.nextSibling
  if (operator?.name !== 'CompareOp' || isInFilter(node)) return []
  const name = text.slice(operator.from, operator.to)
  if (!/^[<>]=?$/.test(name)) return []
  functions.add(name)
  return [
    { from: node.from, to: node.from, text: `\`${callName(name)}\`(` },
    { from: operator.from, to: operator.to, text: ', ' },
    { from: node.to, to: node.to, text: ')' },
  ]
}

function isInFilter(node: SyntaxNode): boolean {
  for (let child = node, parent = node.parent; parent !== null; child = parent, parent = parent.parent) {
    if (parent.name === 'FilterExpression' && parent.firstChild?.from !== child.from) return true
  }
  return false
}

/** Openings are put outermost first, closings innermost first. */
function edited(text: string, edits: readonly Edit[]): string {
  const ordered = edits
    .map((edit, index) => ({ ...edit, index }))
    .sort((a, b) => a.from - b.from || rank(a) - rank(b) || order(a, b))
  let program = ''
  let end = 0
  for (const edit of ordered) {
    program += text.slice(end, edit.from) + edit.text
    end = edit.to
  }
  return program + text.slice(end)
}

/** At one place, what closes comes before what opens, and what replaces comes last. */
function rank({ from, to, text }: Edit): number {
  if (from !== to) return 2
  return text.startsWith(')') ? 0 : 1
}

function order(a: Edit & { index: number }, b: Edit & { index: number }): number {
  return rank(a) === 0 ? b.index - a.index : a.index - b.index
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
