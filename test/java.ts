import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The class path of the Maven project in that folder; undefined where there is no Java or no Maven, or no network to get it by. */
export function classpathIfThere(project: string): string | undefined {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return classpathOf(project, 'ignore')
  } catch {
    return undefined
  }
}

/** Asks the `Judge.java` of that folder, JSON in and out; needs Java 17 or newer, and Maven, which brings what it judges by. */
export function askJudge<Answer>(
  project: string,
  questions: readonly unknown[],
  flags: readonly string[] = [],
): Answer[] {
  const java = [...flags, '-cp', classpathOf(project, 'inherit'), join(project, 'Judge.java')]
  const input = JSON.stringify(questions)
  return JSON.parse(execFileSync('java', java, { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
}

function classpathOf(project: string, stdio: 'inherit' | 'ignore'): string {
  const folder = mkdtempSync(join(tmpdir(), 'commitbase-java-'))
  try {
    const file = join(folder, 'classpath')
    const maven = [
      '-q',
      '-B',
      '-f',
      join(project, 'pom.xml'),
      'dependency:build-classpath',
      `-Dmdep.outputFile=${file}`,
    ]
    execFileSync('mvn', maven, { stdio, timeout: stdio === 'ignore' ? 120_000 : undefined })
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
