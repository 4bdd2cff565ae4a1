import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What both are asked. */
export interface Question {
  readonly kind: 'expression' | 'unary tests'
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Of unary tests. */
  readonly input?: unknown
  /** What `now()` answers. */
  readonly now: string
}

/** What came of it: a value, the type that Zeebe gives it, and the warnings; or why there is none. */
export type Answer =
  | { readonly value: unknown; readonly type: string; readonly warnings: readonly string[] }
  | { readonly failure: string; readonly warnings?: readonly string[] }

const here = import.meta.dirname
export const answersFile = join(here, 'answers.json')
export const judgeName = 'org.camunda.feel:feel-engine:1.18.1'

/** A winter's Friday. */
const now = '2026-01-02T12:00:00Z'

/** Of each type one or two: each is asked of each, with each operator. */
const samples = [
  '0',
  '1.50',
  '"a"',
  'true',
  'null',
  '[]',
  '{a: 1}',
  'date("2026-01-01")',
  'time("10:00:00")',
  'time("10:00:00Z")',
  'date and time("2026-01-01T10:00:00")',
  'date and time("2026-01-01T10:00:00+02:00")',
  'duration("P1Y2M")',
  'duration("-PT90M")',
  'function(x) x',
]
const operators = ['=', '!=', '<', '>=', '+', '-', '*', '/', '**', 'and', 'in']

/**
 * The questions of a file, one a line; `#` begins a comment. In `unary-tests.feel` an input stands before ` :: `. `\n` in a line of
 * `multiline.feel` is a new line.
 */
export function readQuestions(): Map<string, Question[]> {
  const folder = join(here, 'questions')
  const variables = JSON.parse(readFileSync(join(folder, 'variables.json'), 'utf8'))
  const files = readdirSync(folder).filter((file) => file.endsWith('.feel'))
  const written = files.map((file): [string, Question[]] => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    const texts = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
    return [file, texts.map((text) => questionOf(file, text, variables))]
  })
  return new Map([...written, ['types-of-operands', acrossTypes(variables)]])
}

function acrossTypes(variables: Question['variables']): Question[] {
  const texts = samples.flatMap((a) => samples.flatMap((b) => operators.map((operator) => `(${a}) ${operator} (${b})`)))
  return texts.map((text) => ({ kind: 'expression', text, variables, now }))
}

function questionOf(file: string, line: string, variables: Question['variables']): Question {
  if (file === 'unary-tests.feel') {
    const [input, text] = line.split(' :: ') as [string, string]
    return { kind: 'unary tests', text, variables, input: JSON.parse(input), now }
  }
  const text = file === 'multiline.feel' ? line.replaceAll('\\n', '\n') : line
  return { kind: 'expression', text, variables, now }
}

/** By which a question's answer is found. */
export function keyOf({ text, input }: Question): string {
  return input === undefined ? text : `${JSON.stringify(input)} :: ${text}`
}
