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
  /**
   * It goes through lists or matches patterns: how long that takes, its length does not tell. Or it is long: values that
   * are put into each other again and again are many.
   */
  mayRunLong: boolean
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
  if (source.length > mostCharacters) throw tooLong(source)
  const text = source.replace(/\bget or else\s*\(/g, `\`${callName('get or else')}\`(`)
  const reading: Reading = { text, variables: new Set(), functions: new Set(), own: new Set() }
  const root = parseTree(text, {}, dialect).topNode
  let computes = false
  let mayRunLong = false
  root.cursor().iterate(({ node }) => {
    if (node.type.isError || isExponent(text, node)) throw syntaxError(source, node.from)
    if (node.name === 'ArithOp') computes = true
    if (runsLong.has(node.name)) mayRunLong = true
    if (node.name === 'FunctionDefinition') ownFunction(text, node, reading.own)
  })
  const program = rewrite(root, reading)
  const path = pathOf(source)
  return {
    kind: 'feel',
    source,
    program,
    variables: [...reading.variables],
    functions: [...reading.functions],
    computes,
    mayRunLong:
      mayRunLong || source.length > shortExpression || [...reading.functions].some((name) => workHard.has(name)),
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

type SyntaxNode = ReturnType<typeof parseTree>['topNode']

/** What is found while an expression is read. `own`: functions that the expression itself defines. */
interface Reading {
  text: string
  variables: Set<string>
  functions: Set<string>
  own: Set<string>
}

/** What goes through lists. */
const runsLong = new Set(['ForExpression', 'QuantifiedExpression', 'FilterExpression', 'FunctionDefinition'])

/** Functions that match patterns, that call others, or whose results can be put together into ever longer ones. */
const workHard = new Set([
  'matches',
  'replace',
  'split',
  'extract',
  'sort',
  'concatenate',
  'append',
  'insert before',
  'union',
  'flatten',
  'distinct values',
  'duplicate values',
])

/** Characters: what so few can put into each other is soon gone through. */
const shortExpression = 100

/** The parser's time grows with the square of the length and more: a context of so many characters takes a second. */
const mostCharacters = 10_000

/** The program for feelin, where it differs from Camunda's FEEL: each rule says in what. */
function rewrite(node: SyntaxNode, reading: Reading): string {
  switch (node.name) {
    case 'VariableName':
      return name(node, reading)
    case 'SpecialFunctionName':
      return called(nameOf(reading.text.slice(node.from, node.to)), reading.functions)
    case 'Type':
      return reading.text.slice(node.from, node.to)
    case 'IfExpression':
      return strictCondition(node, reading)
    case 'Comparison':
      return strictComparison(node, reading)
    case 'ArithmeticExpression':
      return ownArithmetic(node, reading)
    case 'FilterExpression':
      return filter(node, reading)
    default:
      return asWritten(node, reading)
  }
}

/** The node's text, with what lies in it rewritten, and `replaced` by what it became. */
function asWritten(node: SyntaxNode, reading: Reading, replaced?: { child: SyntaxNode; program: string }): string {
  let program = ''
  let end = node.from
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const isReplaced = replaced !== undefined && child.from === replaced.child.from && child.to === replaced.child.to
    program += reading.text.slice(end, child.from) + (isReplaced ? replaced.program : rewrite(child, reading))
    end = child.to
  }
  return program + reading.text.slice(end, node.to)
}

/** A function is called by a name of its own, which no variable can hide. */
function name(node: SyntaxNode, { text, variables, functions, own }: Reading): string {
  const written = text.slice(node.from, node.to)
  const named = nameOf(written)
  const parent = node.parent
  const isCalled = parent?.name === 'FunctionInvocation' && parent.from === node.from && node.prevSibling === null
  if (isCalled && own.has(named)) return written
  if (!isCalled) variables.add(named)
  else if (!named.startsWith(callName(''))) return called(named, functions)
  else functions.add(named.slice(callName('').length))
  return written
}

function called(named: string, functions: Set<string>): string {
  functions.add(named)
  return `\`${callName(named)}\``
}

/** Only `true` is true: feelin takes any value for it. */
function strictCondition(node: SyntaxNode, reading: Reading): string {
  const child = node.firstChild?.nextSibling
  if (!child) return asWritten(node, reading)
  return asWritten(node, reading, { child, program: `(${rewrite(child, reading)}) = true` })
}

/** Calls the operator by its name, but for a filter's own condition, which feelin must know as one. */
function strictComparison(node: SyntaxNode, reading: Reading): string {
  const [left, operator, right] = childrenOf(node)
  const named = operator?.name === 'CompareOp' ? reading.text.slice(operator.from, operator.to) : ''
  if (!/^[<>]=?$/.test(named) || isInFilter(node)) return asWritten(node, reading)
  return `${called(named, reading.functions)}(${rewrite(left!, reading)}, ${rewrite(right!, reading)})`
}

/** FEEL computes in decimals, feelin in binary; and durations can be multiplied and divided, where it only does numbers. */
function ownArithmetic(node: SyntaxNode, reading: Reading): string {
  const [left, operator, right] = childrenOf(node)
  const named = operator?.name === 'ArithOp' ? reading.text.slice(operator.from, operator.to) : ''
  if (right === undefined || !/^[-+*/]$/.test(named)) return asWritten(node, reading)
  return `${called(named, reading.functions)}(${rewrite(left!, reading)}, ${rewrite(right, reading)})`
}

/**
 * `list[condition]` with a condition that is a call or a name: feelin takes its value for an index, without looking at
 * the items. It is one only where it is a number without them.
 */
function filter(node: SyntaxNode, reading: Reading): string {
  const [list, , condition] = childrenOf(node)
  if (list === undefined || condition === undefined) return asWritten(node, reading)
  if (!mayBeIndex.has(condition.name)) return asWritten(node, reading)
  const target = rewrite(list, reading)
  const test = rewrite(condition, reading)
  const filtered = `${target}[(${test}) = true]`
  if (isOfItem(condition, reading.text)) return filtered
  return `${called('choose', reading.functions)}(${test}, ${target}[${test}], ${filtered})`
}

const mayBeIndex = new Set(['FunctionInvocation', 'VariableName', 'PathExpression', 'IfExpression'])

/** It begins with `item`, which only a filter has. */
function isOfItem(condition: SyntaxNode, text: string): boolean {
  return /^item\b/.test(text.slice(condition.from, condition.to))
}

function isInFilter(node: SyntaxNode): boolean {
  for (let child = node, parent = node.parent; parent !== null; child = parent, parent = parent.parent) {
    if (parent.name === 'FilterExpression' && parent.firstChild?.from !== child.from) return true
  }
  return false
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

/** `1e3`, which is no FEEL: feelin would read 1. */
function isExponent(text: string, node: SyntaxNode): boolean {
  return node.name === 'NumericLiteral' && /e/i.test(text.slice(node.from, node.to))
}

/** A context's entry that is a function can be called by the entries after it. */
function ownFunction(text: string, definition: SyntaxNode, own: Set<string>): void {
  const key = definition.parent?.name === 'ContextEntry' ? definition.parent.firstChild : null
  if (key !== null) own.add(nameOf(text.slice(key.from, key.to)))
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
])

function pathOf(source: string): string[] | undefined {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u.test(source)) return undefined
  const path = source.split('.')
  return path.some((name) => keywords.has(name)) ? undefined : path
}

function nameOf(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1) : text.replace(/\s+/g, ' ')
}

function tooLong(source: string): FeelSyntaxError {
  const what = `it has ${source.length} characters, and ${mostCharacters} are the most: put the values into a variable`
  return new FeelSyntaxError(`failed to parse expression '${source.slice(0, 40)}…': ${what}`)
}

function syntaxError(source: string, at: number): FeelSyntaxError {
  const found = at >= source.length ? 'end of input' : `"${source.slice(at, at + 10)}"`
  return new FeelSyntaxError(`failed to parse expression '${source}': unexpected ${found} at 1:${at + 1}`)
}
