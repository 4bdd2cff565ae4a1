/**
 * Loaded before anything else into a process that is to be broken (`node --import`), its threads included. `COMMITBASE_FAULT` is
 * what is done there: `kill@<step>#<n>` ends the process by SIGKILL when it comes to that step for the n-th time. The step's name
 * is written into the file that `COMMITBASE_FAULT_LOG` names before.
 */
import { appendFileSync } from 'node:fs'
import { onStep } from '../../src/step.ts'

const { COMMITBASE_FAULT: fault = '', COMMITBASE_FAULT_LOG: log } = process.env
const [, wanted, times] = /^kill@([\w.]+)#(\d+)$/.exec(fault) ?? []
if (wanted === undefined) throw new Error(`COMMITBASE_FAULT must be kill@<step>#<n>; got '${fault}'`)

let left = Number(times)
onStep((step) => {
  if (step !== wanted || --left > 0) return
  if (log !== undefined) appendFileSync(log, `${step}\n`)
  process.kill(process.pid, 'SIGKILL')
})
