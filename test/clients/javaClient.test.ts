import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { classpathIfThere } from '../java.ts'
import { javaAnswers } from './answers.ts'
import { startEngineProcess } from './engine.ts'
import { writeModels } from './models.ts'

const run = promisify(execFile)
const here = import.meta.dirname

test('the Java client takes instances through all of its calls, over gRPC and REST', {
  timeout: 240_000,
}, async (t) => {
  const answers = await answersOf(t)
  if (answers) assert.deepEqual(answers, Object.entries(javaAnswers))
})

test('told to prefer REST, it comes to the same', { timeout: 240_000 }, async (t) => {
  const answers = await answersOf(t, 'rest')
  if (answers)
    assert.deepEqual(
      answers,
      Object.entries(javaAnswers).map(([call, answer]) => [call, byRest(answer)]),
    )
})

/** Undefined where it cannot be asked: the test is skipped. */
async function answersOf(t: TestContext, ...more: string[]): Promise<unknown[] | undefined> {
  const folder = await newFolder(t)
  const classpath = classpathIfThere(here)
  if (classpath === undefined) return t.skip('needs java and mvn, and Maven Central once') as undefined
  const { gateway, rest, management } = await startEngineProcess(t, folder)
  const models = await writeModels(join(folder, 'models'))
  const program = ['-cp', classpath, join(here, 'JavaClient.java'), gateway, rest, management, models, ...more]
  const { stdout } = await run('java', program, { timeout: 120_000 })
  const lines = stdout
    .trimEnd()
    .replaceAll(/\b225\d{13}\b/g, '…')
    .split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** A refusal has HTTP's status. */
function byRest(answer: unknown): unknown {
  const { code } = Object(answer) as { code?: string }
  return typeof code === 'string' ? { ...Object(answer), code: code === 'NOT_FOUND' ? 404 : 400 } : answer
}
