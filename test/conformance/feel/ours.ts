import { evaluate } from '../../../src/feel/evaluate.ts'
import { FeelSyntaxError, parseFeel } from '../../../src/feel/expression.ts'
import { evaluateUnaryTests, parseUnaryTests } from '../../../src/feel/unaryTests.ts'
import type { Answer, Question } from './questions.ts'

/** What ours answers, in the judge's form. */
export function ourAnswer(question: Question): Answer {
  try {
    return question.kind === 'expression' ? answerExpression(question) : answerTests(question)
  } catch (error) {
    if (error instanceof FeelSyntaxError) return { failure: error.message }
    throw error
  }
}

function answerExpression({ text, variables, now }: Question): Answer {
  const { value, type, warnings, failure } = evaluate(parseFeel(text), lookupIn(variables), Date.parse(now))
  return failure === undefined ? { value, type, warnings } : { failure, warnings }
}

function answerTests({ text, variables, input, now }: Question): Answer {
  const tests = parseUnaryTests(text)
  const { value, warnings, failure } = evaluateUnaryTests(tests, input, lookupIn(variables), Date.parse(now))
  if (failure !== undefined) return { failure, warnings }
  return { value, type: value === null ? 'NULL' : 'BOOLEAN', warnings }
}

function lookupIn(variables: Question['variables']): { get(name: string): unknown } {
  return { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) }
}

/** What has to be equal: of a text that is not FEEL only that it is none, since no two parsers say the same of it. */
export function comparable(answer: Answer): unknown {
  if ('value' in answer) return answer
  const isSyntax = /^(failed to parse|validation of) expression/.test(answer.failure)
  return isSyntax ? { failure: 'not FEEL' } : answer
}
