import { activate, begin, complete, listened } from './lifecycle/lifecycle.ts'
import { terminate, terminateEach } from './lifecycle/terminating.ts'
import { activateInstances } from './lifecycle/transitions.ts'
import { note, noteLater, Rejected, type Run } from './run.ts'
import type { Step } from './step.ts'
import { correlateBuffered, deliver } from './waiting/correlation.ts'
import { broadcast } from './waiting/signals.ts'

/** More steps than any honest model takes for one command: a process that never waits is stopped here. */
const mostSteps = 1_000_000

/** Does what is queued, until nothing is left. */
export function runSteps(run: Run): void {
  let done = 0
  for (let next = takeNext(run); next !== undefined; next = takeNext(run)) {
    runStep(run, next)
    done += 1
    if (done > mostSteps) {
      throw new Rejected('RESOURCE_EXHAUSTED', 'PROCESS', `the process took ${mostSteps} steps without waiting`)
    }
  }
}

/** The queues are read by index and cut when they are empty: shifting a long array is slow. */
function takeNext(run: Run): Step | undefined {
  return takeFrom(run, 'steps') ?? takeLater(run)
}

/** What was sent has come by now, all of it. */
function takeLater(run: Run): Step | undefined {
  const { taken, laterSteps, recording } = run
  if (recording !== undefined) while (taken.told < laterSteps.length) recording.queued(laterSteps[taken.told++]!)
  const next = takeFrom(run, 'laterSteps')
  if (next === undefined) taken.told = 0
  return next
}

function takeFrom(run: Run, queue: 'steps' | 'laterSteps'): Step | undefined {
  const at = run.taken[queue]
  const step = run[queue][at]
  run.taken[queue] = step === undefined ? 0 : at + 1
  if (step === undefined) run[queue].length = 0
  return step
}

function runStep(run: Run, step: Step): void {
  switch (step.type) {
    case 'activate':
      activate(run, step)
      return
    case 'begin':
      begin(run, step.instance)
      return
    case 'complete':
      complete(run, step.key)
      return
    case 'activateInstances':
      activateInstances(run, step)
      return
    case 'terminate':
      terminate(run, step.key)
      return
    case 'terminateChildren':
      terminateEach(run, step.scopeKey)
      return
    case 'listened':
      listened(run, step)
      return
    case 'openSubscription':
      correlateBuffered(run, step)
      return
    case 'correlate':
      deliver(run, step)
      return
    case 'broadcast':
      broadcast(run, step.signalName, step.variables)
      return
    case 'note':
      note(run, step.notices[0]!)
      noteLater(run, ...step.notices.slice(1))
      return
  }
}
