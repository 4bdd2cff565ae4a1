import { explain } from './explain.ts'
import { hideSecrets } from './hideSecrets.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { perform } from './perform.ts'
import { readRun } from './run.ts'
import { runner } from './runner.ts'
import { oneLine, writeReport } from './writeReport.ts'

// What zeebe-node brings along still calls url.parse, and each run's log would say so.
process.noDeprecation = true

let inputs: Inputs | undefined
try {
  inputs = readInputs(runner.getInput)
  hideSecrets(inputs, runner, process.env)
  const print = inputs.verbose ? runner.info : runner.debug
  const step = { inputs, run: readRun(process.env), env: process.env, say: (text: string) => print(oneLine(text)) }
  await writeReport(runner, await perform(step))
} catch (error) {
  runner.setFailed(explain(error, inputs?.request))
}
// A handler that ran past its deadline must not keep the runner waiting; what was printed must get out.
process.stdout.write('', () => process.exit())
