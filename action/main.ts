import { messageOf } from '../src/errors.ts'
import { failItsRun } from '../src/events/handlers/strayErrors.ts'
import { explain } from './explain.ts'
import { hideSecrets } from './hideSecrets.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { patiently } from './patience.ts'
import { perform } from './perform.ts'
import { readRun } from './run.ts'
import { runner } from './runner.ts'
import { oneLine, writeReport } from './writeReport.ts'

// What zeebe-node brings along still calls url.parse, and each run's log would say so.
process.noDeprecation = true

let inputs: Inputs | undefined
let answered = false

/** Milliseconds in which what is left to do may end. */
const lastMoment = 1_000

/** Else the step would be green. */
const withoutAnswer =
  "the step ended before it had an answer: what the inputs 'handlers' or 'worker_handler_file' name called process.exit, or waits while it loads for what never comes"

process.on('uncaughtException', (error) => {
  if (failItsRun(error)) runner.info(oneLine(`a handler did not wait for what failed: ${messageOf(error)}`))
  else fail(error)
})
process.on('exit', () => {
  if (!answered) runner.setFailed(withoutAnswer)
})
// No top-level await: where it never ends, Node prints the whole bundle.
main()

async function main(): Promise<void> {
  try {
    inputs = readInputs(runner.getInput)
    hideSecrets(inputs, runner, process.env)
    const print = inputs.verbose ? runner.info : runner.debug
    const step = { inputs, run: readRun(process.env), env: process.env, say: (text: string) => print(oneLine(text)) }
    await writeReport(runner, await patiently(() => perform(step), inputs.request, step.say))
    end()
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): void {
  runner.setFailed(explain(error, inputs?.request))
  end()
}

/**
 * What is left to do is done first. A handler that ran past its deadline must not keep the runner waiting; but `process.exit` ends the
 * process only then: it may wait for a thread that waits for this one, for ever (nodejs/node#54918).
 */
function end(): void {
  answered = true
  setTimeout(() => process.stdout.write('', () => process.exit()), lastMoment).unref()
}
