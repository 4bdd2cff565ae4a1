import type { Response, Tick } from '../command.ts'
import { resumeBodies } from '../elements/multiInstanceBody.ts'
import { onBehalfOf } from '../instanceFailed.ts'
import { startByEvent } from '../instances.ts'
import type { Key } from '../key.ts'
import { trigger } from '../lifecycle/triggering.ts'
import { forgetEntered } from '../loopGuards.ts'
import { emit, nextKey, note, type Run } from '../run.ts'
import type { Job, KeptMessage, Timer } from '../state/rows.ts'
import { all, nobody, ownerOf } from '../state/state.ts'
import { runSteps } from '../steps.ts'
import { canTrigger, catcherOf } from '../waiting/catchers.ts'
import { scheduleNext } from '../waiting/timers.ts'

/** Of each kind; the rest stays due, and the next Tick takes it. Others want to be served in between. */
const mostAtOnce = 1000

/** What is due: timers, the earliest first, then job timeouts and back-offs, then messages that expire. */
export function tick(run: Run, { banned = nobody }: Tick): Response {
  const { state, now } = run
  const timers = dueOf(
    state.timers.each('due', all),
    (row) => row.due,
    now,
    (row) => !banned.has(ownerOf(row)),
  )
  for (const timer of timers.sort(asTheyFire)) onBehalfOf(ownerOf(timer), () => fire(run, timer))
  for (const job of dueOf(state.jobs.each('due', all), jobDue, now)) release(run, job)
  expire(
    run,
    dueOf(state.messages.each('due', all), (row) => row.deadline, now),
  )
  resumeBodies(run, runSteps, banned)
  return { type: 'Tick', happened: run.events.length > 0 }
}

/** The rows come in the order in which they are due. */
function dueOf<Row>(
  rows: Iterable<Row>,
  dueAt: (row: Row) => number,
  now: number,
  isWanted: (row: Row) => boolean = () => true,
): Row[] {
  const due: Row[] = []
  for (const row of rows) {
    if (dueAt(row) > now || due.length === mostAtOnce) break
    if (isWanted(row)) due.push(row)
  }
  return due
}

/** Of those that are due at the same time, that of the oldest element comes first, and those that start instances last. */
function asTheyFire(a: Timer, b: Timer): number {
  const element = ({ elementInstanceKey }: Timer): number =>
    elementInstanceKey === -1 ? Number.MAX_SAFE_INTEGER : elementInstanceKey
  return a.due - b.due || element(a) - element(b) || a.key - b.key
}

/** One timer at a time, with all that follows: it may end what a later one is waiting for. */
function fire(run: Run, timer: Timer): void {
  if (timer.processDefinitionKey === undefined) fireFor(run, timer)
  else start(run, timer, timer.processDefinitionKey)
}

function fireFor(run: Run, timer: Timer): void {
  const host = run.state.elements.get(timer.elementInstanceKey)
  const catcher = host && catcherOf(run, host, timer.targetElementId)
  if (run.state.timers.get(timer.key) === undefined || catcher === undefined || !canTrigger(run, host, catcher)) return
  forgetEntered(run)
  emit(run, { type: 'TIMER_TRIGGERED', key: timer.key })
  trigger(run, host, catcher, {})
  if (!catcher.interrupting) scheduleNext(run, timer)
  runSteps(run)
}

/** The one that comes next tells which instance this one started, as on the real engine. */
function start(run: Run, timer: Timer, processDefinitionKey: Key): void {
  if (run.state.timers.get(timer.key) === undefined) return
  forgetEntered(run)
  const processInstanceKey = nextKey(run)
  emit(run, { type: 'TIMER_TRIGGERED', key: timer.key, processInstanceKey })
  const process = run.state.processes.get(processDefinitionKey)!
  startByEvent(run, process, processInstanceKey, { startEventId: timer.targetElementId, variables: {} })
  scheduleNext(run, { ...timer, processInstanceKey })
  runSteps(run)
}

/** All at once, as the real engine. */
function expire(run: Run, messages: readonly KeptMessage[]): void {
  const keys = messages.map(({ key }) => key)
  if (keys.length > 0) note(run, { type: 'MESSAGES_DUE', keys })
  for (const key of keys) emit(run, { type: 'MESSAGE_EXPIRED', key })
}

function jobDue(job: Job): number {
  return (job.state === 'FAILED' ? job.recurAt : job.deadline)!
}

function release(run: Run, { key, state, type }: Job): void {
  if (run.state.jobs.get(key)?.state !== state) return
  emit(run, { type: state === 'FAILED' ? 'JOB_RECURRED_AFTER_BACKOFF' : 'JOB_TIMED_OUT', key })
  run.availableJobTypes.add(type)
}
