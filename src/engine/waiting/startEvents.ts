import { evaluate } from '../../feel/evaluate.ts'
import type { CompiledResource, ProcessModel, StartEvent } from '../compile/model.ts'
import { Problems } from '../compile/problems.ts'
import { emit, IncidentRaised, nextKey, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state/rows.ts'
import { scheduleOf } from './timers.ts'
import { byNameOf } from './unsubscribe.ts'

/** No process instance and no element: what is waited for starts one. */
const none = -1

/** Opens what starts instances of a process: only its latest version is started by events. */
export function openStartEvents(run: Run, process: DeployedProcessRow): void {
  openStartTimers(run, process)
  openStartSubscriptions(run, process)
}

/** Closes all of it: a newer version takes over, or the process is deleted. */
export function closeStartEvents(run: Run, process: DeployedProcessRow): void {
  closeStartTimers(run, process)
  closeStartSubscriptions(run, process)
}

/** When they are due is fixed here; timers come before the deployment is told, subscriptions after. */
export function openStartTimers(run: Run, process: DeployedProcessRow): void {
  for (const { id: targetElementId, event } of startEventsOf(run, process)) {
    if (event.type !== 'timer') continue
    const schedule = scheduleOf(run, none, event)
    const key = nextKey(run)
    const of = { processInstanceKey: none, elementInstanceKey: none, processDefinitionKey: process.key }
    emit(run, { type: 'TIMER_CREATED', key, timer: { key, ...of, targetElementId, ...schedule } })
  }
}

export function closeStartTimers(run: Run, { key }: DeployedProcessRow): void {
  for (const timer of run.state.timers.in('byProcess', key)) emit(run, { type: 'TIMER_CANCELED', key: timer.key })
}

export function openStartSubscriptions(run: Run, process: DeployedProcessRow): void {
  const { key: processDefinitionKey, bpmnProcessId } = process
  for (const { id: startEventId, event } of startEventsOf(run, process)) {
    if (event.type !== 'message' && event.type !== 'signal') continue
    const key = nextKey(run)
    const name = String(evaluate(event.name, { get: () => undefined }, run.now).value)
    if (event.type === 'message') {
      const subscription = { key, processDefinitionKey, bpmnProcessId, startEventId, messageName: name }
      emit(run, { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CREATED', key, subscription })
    } else {
      const waits = { processInstanceKey: none, catchEventInstanceKey: none, catchEventId: startEventId }
      const subscription = { key, ...waits, processDefinitionKey, bpmnProcessId, signalName: name }
      emit(run, { type: 'SIGNAL_SUBSCRIPTION_CREATED', key, subscription })
    }
  }
}

export function closeStartSubscriptions(run: Run, { key: processKey, bpmnProcessId }: DeployedProcessRow): void {
  for (const { key } of run.state.startSubscriptions.in('byProcess', bpmnProcessId)) {
    emit(run, { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_DELETED', key })
  }
  const signals = run.state.signalSubscriptions.in('byProcess', processKey)
  for (const { key } of signals.toSorted(byNameOf(({ signalName }) => signalName))) {
    emit(run, { type: 'SIGNAL_SUBSCRIPTION_DELETED', key })
  }
}

/** What is wrong with timers that start processes: there are no variables, so they must be right when they are deployed. */
export function startTimerProblems(run: Run, { name, models }: CompiledResource): string | undefined {
  const problems = new Problems()
  for (const model of models) {
    for (const { id, event } of eventsThatStart(model)) {
      const problem = event.type === 'timer' && failureOf(() => scheduleOf(run, none, event))
      if (problem) problems.add(id, `Invalid timer ${event.kind} expression (${problem})`)
    }
  }
  return problems.isEmpty ? undefined : `'${name}': ${problems}`
}

function failureOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof IncidentRaised) return error.message
    throw error
  }
}

function startEventsOf(run: Run, { key }: DeployedProcessRow) {
  return eventsThatStart(run.state.models.get(key)!)
}

/** The last one in the file first, as the real engine reads them. */
function eventsThatStart({ process }: ProcessModel) {
  return process.startEvents
    .filter((start): start is StartEvent & Required<Pick<StartEvent, 'event'>> => start.event !== undefined)
    .toReversed()
}
