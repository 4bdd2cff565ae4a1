import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
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
  const folder = await newFolder(t)
  const classpath = classpathIfThere(here)
  if (classpath === undefined) return t.skip('needs java and mvn, and Maven Central once')
  const { gateway, rest, management } = await startEngineProcess(t, folder)
  const models = await writeModels(join(folder, 'models'))
  const program = ['-cp', classpath, join(here, 'JavaClient.java'), gateway, rest, management, models]
  const { stdout } = await run('java', program, { timeout: 120_000 })
  const lines = stdout
    .trimEnd()
    .replaceAll(/\b225\d{13}\b/g, '…')
    .split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    Object.entries(javaAnswers),
  )
})
