import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compileModel } from '../../../src/dmn/compileModel.ts'
import { evaluateDecision } from '../../../src/dmn/evaluateDecision.ts'
import { type Answer, answersFile, keyOf, type Question, readQuestions } from './cases.ts'
import { differences } from './differences.ts'

/*
 * The same models and variables on ours and on dmn-scala, whose answers are kept: `record.ts` asks it anew.
 */

const answers: Record<string, Answer> = JSON.parse(readFileSync(answersFile, 'utf8'))

for (const [model, questions] of Map.groupBy(readQuestions(), (question) => question.model)) {
  test(`${model} is decided as dmn-scala decides it`, async () => {
    for (const question of questions) await compare(question)
  })
}

async function compare(question: Question): Promise<void> {
  const key = keyOf(question)
  const theirs = answers[key]
  assert.ok(theirs, `no answer is kept for ${key}: run node test/conformance/dmn/record.ts`)
  const ours = await answerOf(question)
  const reason = differences[`${question.model} ${question.decision} ${JSON.stringify(question.variables)}`]
  if (reason === undefined) assert.deepEqual(ours, theirs, key)
  else assert.notDeepEqual(ours, theirs, `${key} is no longer different`)
}

/** In the judge's form. */
async function answerOf({ xml, decision, variables }: Question): Promise<unknown> {
  const compiled = await compileModel(xml)
  if ('refused' in compiled) return compiled
  const { evaluated, ...result } = evaluateDecision(compiled.model, decision, variables, 0)
  const decisions = [...compiled.model.decisions.keys()]
  const asTheirs = JSON.parse(JSON.stringify(evaluated, (_, value) => value ?? null))
  if (result.failure === undefined) return { decisions, evaluated: asTheirs, output: result.output }
  const failure = result.failure.replace(`Expected to evaluate decision '${decision}', but `, '')
  return { decisions, evaluated: asTheirs, failure }
}
