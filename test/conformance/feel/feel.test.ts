import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { differences } from './differences.ts'
import { comparable, ourAnswer } from './ours.ts'
import { type Answer, answersFile, judgeName, keyOf, type Question, readQuestions } from './questions.ts'

/*
 * The same expressions on ours and on feel-scala, whose answers are kept: `npm run conformance:feel` asks it anew.
 */

const { judge, answers }: { judge: string; answers: Record<string, Answer> } = JSON.parse(
  readFileSync(answersFile, 'utf8'),
)
const pages = readQuestions()

test('the answers are those of the feel-scala that Zeebe 8.6.0 evaluates with', () => assert.equal(judge, judgeName))

for (const [page, questions] of pages) {
  test(`${page}: ${questions.length} expressions come to what they come to in feel-scala`, () => {
    for (const question of questions) compare(question)
  })
}

test('every known difference is one of a question', () => {
  const asked = new Set([...pages.values()].flat().map(keyOf))
  for (const question of differences.keys()) assert.ok(asked.has(question), question)
})

function compare(question: Question): void {
  const key = keyOf(question)
  const theirs = answers[key]
  assert.ok(theirs, `no answer is kept for ${key}: npm run conformance:feel`)
  const ours = comparable(ourAnswer(question))
  if (differences.has(key)) assert.notDeepEqual(ours, comparable(theirs), `${key} is no longer different`)
  else assert.deepEqual(ours, comparable(theirs), key)
}
