import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer, Question } from './questions.ts'

const here = import.meta.dirname

/** Asks feel-scala, which Maven brings; needs Java 17 or newer, and Maven. */
export function askJudge(questions: readonly Question[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'commitbase-feel-'))
  try {
    const classpath = join(folder, 'classpath')
    const maven = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:build-classpath']
    execFileSync('mvn', [...maven, `-Dmdep.outputFile=${classpath}`], { stdio: 'inherit' })
    const java = ['-Xss4m', '-cp', readFileSync(classpath, 'utf8'), join(here, 'Judge.java')]
    const input = JSON.stringify(questions)
    return JSON.parse(execFileSync('java', java, { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
