import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { pythonAnswers } from './answers.ts'
import { startEngineProcess } from './engine.ts'
import { writeModels } from './models.ts'

const run = promisify(execFile)

/** Undefined where there is no Python, or no network to get the client by. */
async function pythonIn(folder: string): Promise<string | undefined> {
  const python = join(folder, 'bin', 'python')
  try {
    await run('python3', ['-m', 'venv', folder])
    await run(python, ['-m', 'pip', 'install', '-q', 'pyzeebe==4.7.0'], { timeout: 120_000 })
    return python
  } catch {
    return undefined
  }
}

test('pyzeebe takes instances through all of its calls and its worker', { timeout: 240_000 }, async (t) => {
  const folder = await newFolder(t)
  const python = await pythonIn(join(folder, 'python'))
  if (python === undefined) return t.skip('needs python3 with venv, and PyPI once')
  const { gateway } = await startEngineProcess(t, folder)
  const models = await writeModels(join(folder, 'models'))
  const program = join(import.meta.dirname, 'python_client.py')
  const { stdout } = await run(python, [program, gateway, models], { timeout: 120_000 })
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    Object.entries(pythonAnswers),
  )
})
