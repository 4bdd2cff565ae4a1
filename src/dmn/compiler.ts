import { type FeelExpression, FeelSyntaxError, parseFeel } from '../feel/expression.ts'
import { parseUnaryTests, type UnaryTests } from '../feel/unaryTests.ts'
import type { Node } from './moddle.ts'
import type { KnowledgeModel, Logic } from './model.ts'

/** What a file's parts are compiled with: what is wrong is gathered here, each text of FEEL is read once. */
export interface Compiler {
  readonly problems: string[]
  /** Those that were compiled so far, by name. */
  readonly knowledge: Map<string, KnowledgeModel>
  readonly expressions: Map<string, FeelExpression>
  readonly tests: Map<string, UnaryTests>
  /** Compiles logic of any kind. */
  logic(node: Node | undefined): Logic
}

/** Of what could not be compiled: the file is refused, nobody evaluates it. */
export const nothing: FeelExpression = parseFeel('null')

/** The FEEL of a literal expression. Its element is in the file. */
export function compileExpression(compiler: Compiler, node: Node): FeelExpression {
  if (node.text === undefined) return refuse(compiler, `The expression '${node.id ?? null}' must not be empty.`)
  const language = foreignLanguage(node)
  if (language !== undefined) return refuse(compiler, language)
  const text = node.text.trim()
  const known = compiler.expressions.get(text)
  if (known !== undefined) return known
  const expression = read('expression', () => parseFeel(text), compiler) ?? nothing
  compiler.expressions.set(text, expression)
  return expression
}

/** A cell's tests; undefined for an empty one, which any input fulfils. */
export function compileTests(compiler: Compiler, node: Node): UnaryTests | undefined {
  const text = (node.text ?? '').trim()
  const language = foreignLanguage(node)
  if (language !== undefined) refuse(compiler, language)
  if (language !== undefined || text === '') return undefined
  const known = compiler.tests.get(text)
  if (known !== undefined) return known
  const tests = read('unary-tests', () => parseUnaryTests(text), compiler) ?? parseUnaryTests('-')
  compiler.tests.set(text, tests)
  return tests
}

function read<Parsed>(what: string, parse: () => Parsed, { problems }: Compiler): Parsed | undefined {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error
    problems.push(`FEEL ${what}: ${error.message}`)
    return undefined
  }
}

function refuse({ problems }: Compiler, problem: string): FeelExpression {
  problems.push(problem)
  return nothing
}

const feel = [
  'feel',
  'http://www.omg.org/spec/feel/20140401',
  'http://www.omg.org/spec/dmn/20180521/feel/',
  'https://www.omg.org/spec/dmn/20191111/feel/',
  'https://www.omg.org/spec/dmn/20211108/feel/',
  'https://www.omg.org/spec/dmn/20230324/feel/',
]

function foreignLanguage({ expressionLanguage }: Node): string | undefined {
  const language = expressionLanguage?.toLowerCase() ?? 'feel'
  return feel.includes(language) ? undefined : `Expression language '${language}' is not supported`
}
