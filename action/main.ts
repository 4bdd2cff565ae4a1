import { messageOf } from '../src/errors.ts'
import { hideSecrets } from './hideSecrets.ts'
import { readInputs } from './inputs.ts'
import { perform } from './perform.ts'
import { readRun } from './run.ts'
import { runner } from './runner.ts'
import { oneLine, writeReport } from './writeReport.ts'

try {
  const inputs = readInputs(runner.getInput)
  hideSecrets(inputs, runner, process.env)
  const say = (text: string) => (inputs.verbose ? runner.info : runner.debug)(oneLine(text))
  const step = { inputs, run: readRun(process.env), env: process.env, say }
  await writeReport(runner, await perform(step))
} catch (error) {
  runner.setFailed(messageOf(error))
}
// A handler that ran past its deadline must not keep the runner waiting.
process.exit()
