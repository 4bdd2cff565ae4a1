import type { Command, Decision, Rejection, Response } from './command.ts'
import { activateJobs } from './commands/activateJobs.ts'
import { assignUserTask } from './commands/assignUserTask.ts'
import { broadcastSignal } from './commands/broadcastSignal.ts'
import { cancelProcessInstance } from './commands/cancelProcessInstance.ts'
import { completeJob } from './commands/completeJob.ts'
import { completeUserTask } from './commands/completeUserTask.ts'
import { createProcessInstance } from './commands/createProcessInstance.ts'
import { deleteResource } from './commands/deleteResource.ts'
import { deployResource } from './commands/deployResource.ts'
import { evaluateDecision } from './commands/evaluateDecision.ts'
import { failJob } from './commands/failJob.ts'
import { migrateProcessInstance } from './commands/migrateProcessInstance.ts'
import { modifyProcessInstance } from './commands/modifyProcessInstance.ts'
import { publishMessage } from './commands/publishMessage.ts'
import { resolveIncident } from './commands/resolveIncident.ts'
import { setVariables } from './commands/setVariables.ts'
import { throwError } from './commands/throwError.ts'
import { tick } from './commands/tick.ts'
import { updateJob } from './commands/updateJob.ts'
import { updateJobRetries } from './commands/updateJobRetries.ts'
import { updateJobTimeout } from './commands/updateJobTimeout.ts'
import { updateUserTask } from './commands/updateUserTask.ts'
import { behaviourOf } from './elements/table.ts'
import type { Meter } from './meter.ts'
import { rejectionRecord } from './records/commandRecord.ts'
import { Recording } from './records/recording.ts'
import { accepted, Rejected, type Run, startRun } from './run.ts'
import { enginePath } from './state/paths.ts'
import type { State } from './state/state.ts'
import { runSteps } from './steps.ts'

/**
 * What a command brings about: events and a response, or a rejection in the real engine's words. The state is as
 * before when it returns. `now`: milliseconds since the epoch. Throws only for a defect of the engine itself.
 */
export function decide(state: State, command: Command, now: number): Decision {
  return run(state, command, now, () => false)
}

/** Who is told what happens, beside who asked. */
interface Watched {
  /** Whether the decision is to have its records. */
  recorded?: boolean
  meter?: Meter
}

/** The same, and the state is as the events leave it. A rejected or failing command changes nothing. */
export function execute(state: State, command: Command, now: number, watched: Watched = {}): Decision {
  const decision = run(state, command, now, (decided) => 'events' in decided, watched)
  if ('events' in decision && decision.events.length > 0) state.touched.add(enginePath)
  return decision
}

/** Deciding folds each event at once, for what comes next rests on it: unless it is kept, all of it is taken back. */
function run(
  state: State,
  command: Command,
  now: number,
  isKept: (decision: Decision) => boolean,
  { recorded, meter }: Watched = {},
): Decision {
  const { counter } = state
  const undo: (() => void)[] = []
  state.journal.undo = undo
  let keeps = false
  try {
    const recording = recorded ? (begun: Run['begun']) => recordingOf(state, command, now, begun) : undefined
    const decision = answer(startRun({ state, now, behaviourOf, meter }, recording), command)
    keeps = isKept(decision)
    return decision
  } finally {
    state.journal.undo = undefined
    if (!keeps) {
      for (let i = undo.length - 1; i >= 0; i -= 1) undo[i]!()
      state.counter = counter
    }
  }
}

function answer(run: Run, command: Command): Decision {
  try {
    const response = handle(run, command)
    runSteps(run)
    return accepted(run, response)
  } catch (error) {
    if (error instanceof Rejected) return refused(run, command, error.rejection)
    throw error
  }
}

function refused({ recording }: Run, command: Command, rejection: Rejection): Decision {
  return { rejection, ...(recording && { records: recording.end(rejectionRecord(command, rejection)) }) }
}

function recordingOf(state: State, command: Command, now: number, begun: Run['begun']): Recording {
  return new Recording({ state, command, now, processOf: (key) => begun.get(key) })
}

function handle(run: Run, command: Command): Response {
  switch (command.type) {
    case 'DeployResource':
      return deployResource(run, command)
    case 'DeleteResource':
      return deleteResource(run, command)
    case 'EvaluateDecision':
      return evaluateDecision(run, command)
    case 'CreateProcessInstance':
      return createProcessInstance(run, command)
    case 'CancelProcessInstance':
      return cancelProcessInstance(run, command)
    case 'ModifyProcessInstance':
      return modifyProcessInstance(run, command)
    case 'MigrateProcessInstance':
      return migrateProcessInstance(run, command)
    case 'ActivateJobs':
      return activateJobs(run, command)
    case 'CompleteJob':
      return completeJob(run, command)
    case 'FailJob':
      return failJob(run, command)
    case 'ThrowError':
      return throwError(run, command)
    case 'UpdateJob':
      return updateJob(run, command)
    case 'UpdateJobRetries':
      return updateJobRetries(run, command)
    case 'UpdateJobTimeout':
      return updateJobTimeout(run, command)
    case 'CompleteUserTask':
      return completeUserTask(run, command)
    case 'AssignUserTask':
      return assignUserTask(run, command)
    case 'UpdateUserTask':
      return updateUserTask(run, command)
    case 'PublishMessage':
      return publishMessage(run, command)
    case 'BroadcastSignal':
      return broadcastSignal(run, command)
    case 'SetVariables':
      return setVariables(run, command)
    case 'ResolveIncident':
      return resolveIncident(run, command)
    case 'Tick':
      return tick(run, command)
  }
}
