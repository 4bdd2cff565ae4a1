/** Asks dmn-scala all questions anew and keeps its answers, which the ordinary test compares with: `node test/conformance/dmn/record.ts`. */
import { writeFileSync } from 'node:fs'
import { answersFile, keyOf, readQuestions } from './cases.ts'
import { askJudge } from './judge.ts'

const questions = readQuestions()
const answers = askJudge(questions)
const recorded = Object.fromEntries(questions.map((question, at) => [keyOf(question), answers[at]]))
const lines = Object.entries(recorded).map(([key, answer]) => `${JSON.stringify(key)}: ${JSON.stringify(answer)}`)
writeFileSync(answersFile, `{\n${lines.join(',\n')}\n}\n`)
console.log(`${answers.length} answers of dmn-scala are kept`)
