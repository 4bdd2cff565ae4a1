import * as java from '../../java.ts'
import type { Answer, Question } from './questions.ts'

/** Asks feel-scala. */
export function askJudge(questions: readonly Question[]): Answer[] {
  return java.askJudge(import.meta.dirname, questions, ['-Xss4m'])
}
