import * as java from '../../java.ts'
import type { Answer, Question } from './cases.ts'

/** Asks dmn-scala. */
export function askJudge(questions: readonly Question[]): Answer[] {
  return java.askJudge(import.meta.dirname, questions)
}
