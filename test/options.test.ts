import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

for (const script of ['faults', 'fuzz', 'simulation', 'conformance']) {
  const run = (flag: string) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, script, 'run.ts'), flag])

  test(`test/${script}/run.ts tells its options, and one that it does not know in one sentence`, async () => {
    assert.match((await run('--help')).stdout, /^(Usage: )?npm run [a-z]+ .*--.*--seed </s)
    await assert.rejects(run('--frobnicate'), {
      code: 1,
      stderr: "Unknown option '--frobnicate'; --help lists the options\n",
    })
  })
}
