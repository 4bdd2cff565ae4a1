import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What Zeebe's own reader says of a model: what is wrong with it, as `element: message`, or why it cannot be read. */
export type Answer = { problems: readonly string[] } | { unreadable: string }

const here = import.meta.dirname

/** Asks zeebe-bpmn-model, which Maven brings; needs Java 17 and Maven. */
export function askJudge(models: readonly string[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'commitbase-deployments-'))
  try {
    const classpath = join(folder, 'classpath')
    const maven = ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:build-classpath']
    execFileSync('mvn', [...maven, `-Dmdep.outputFile=${classpath}`], { stdio: 'inherit' })
    const java = ['-cp', readFileSync(classpath, 'utf8'), join(here, 'Judge.java')]
    const input = JSON.stringify(models)
    return JSON.parse(execFileSync('java', java, { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
