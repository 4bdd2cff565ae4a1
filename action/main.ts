import * as core from '@actions/core'
import { messageOf } from '../src/errors.ts'
import { hideSecrets } from './hideSecrets.ts'
import { readInputs } from './inputs.ts'
import { perform } from './perform.ts'
import { readRun } from './run.ts'
import { writeReport } from './writeReport.ts'

try {
  const inputs = readInputs(core.getInput)
  hideSecrets(inputs, core, process.env)
  const say = inputs.verbose ? core.info : core.debug
  const step = { inputs, run: readRun(process.env), env: process.env, say }
  await writeReport(core, await perform(step))
} catch (error) {
  core.setFailed(messageOf(error))
}
// A handler that ran past its deadline must not keep the runner waiting.
process.exit()
