/** Asks feel-scala all questions anew, keeps its answers, which the ordinary test compares with, and shows where ours differ. */
import { writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { differences } from './differences.ts'
import { askJudge } from './judge.ts'
import { comparable, ourAnswer } from './ours.ts'
import { answersFile, judgeName, keyOf, readQuestions } from './questions.ts'

const pages = readQuestions()
const questions = [...pages.values()].flat()
const answers = askJudge(questions)
const recorded = new Map(questions.map((question, at) => [keyOf(question), answers[at]!]))
const lines = [...recorded].map(([key, answer]) => `${JSON.stringify(key)}: ${JSON.stringify(answer)}`)
writeFileSync(answersFile, `{\n"judge": ${JSON.stringify(judgeName)},\n"answers": {\n${lines.join(',\n')}\n}\n}\n`)

for (const [page, asked] of pages) {
  const different = asked.filter((question) => {
    const theirs = recorded.get(keyOf(question))!
    const ours = ourAnswer(question)
    if (isDeepStrictEqual(comparable(ours), comparable(theirs))) return false
    if (differences.has(keyOf(question))) return true
    console.log(`${keyOf(question)}\n  ours:       ${JSON.stringify(ours)}\n  feel-scala: ${JSON.stringify(theirs)}`)
    return true
  })
  console.log(`${page}: ${asked.length} questions, ${different.length} of them answered differently`)
}
