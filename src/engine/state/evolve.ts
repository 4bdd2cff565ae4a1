import type { BroughtToCaller, EngineEvent } from '../event.ts'
import { type Key, keyBase, messageSubscriptionKey } from '../key.ts'
import type { ElementInstance, Job, Message, RetiredVersion } from './rows.ts'
import { retiredGroup, type State } from './state.ts'

/** Folds an event into the state. */
export function evolve(state: State, event: EngineEvent): void {
  countKey(state, event.key)
  switch (event.type) {
    case 'PROCESS_CREATED':
      state.processes.put(event.process)
      state.models.set(event.key, event.model)
      return
    case 'DECISION_REQUIREMENTS_CREATED':
      state.decisionRequirements.put(event.requirements)
      state.decisionModels.set(event.key, event.model)
      return
    case 'DECISION_CREATED':
      state.decisions.put(event.decision)
      return
    case 'FORM_CREATED':
      state.forms.put(event.form)
      return
    case 'PROCESS_DELETED':
      deleteProcess(state, event.processDefinitionKey)
      return
    case 'DECISION_DELETED':
      state.decisions.delete(event.decisionKey)
      return
    case 'DECISION_REQUIREMENTS_DELETED':
      state.decisionRequirements.delete(event.decisionRequirementsKey)
      forget(state, state.decisionModels, event.decisionRequirementsKey)
      return
    case 'FORM_DELETED':
      deleteForm(state, event.formKey)
      return
    case 'ELEMENT_MIGRATED':
      state.elements.put(event.element)
      return
    case 'JOB_MIGRATED':
      state.jobs.put(event.job)
      return
    case 'USER_TASK_MIGRATED':
      state.userTasks.put(event.task)
      return
    case 'INCIDENT_MIGRATED':
      state.incidents.put(event.incident)
      return
    case 'TIMER_MIGRATED':
      state.timers.put(event.timer)
      return
    case 'MESSAGE_SUBSCRIPTION_MIGRATED':
      state.subscriptions.put(event.subscription)
      return
    case 'SIGNAL_SUBSCRIPTION_MIGRATED':
      state.signalSubscriptions.put(event.subscription)
      return
    case 'PROCESS_INSTANCE_MODIFIED':
      modified(state, event)
      return
    case 'ELEMENT_ACTIVATING':
      activating(state, event)
      return
    case 'ELEMENT_ACTIVATED':
      changeElement(state, event.key, { state: 'ACTIVATED', ...listenedAnew(state, event.key) })
      return
    case 'ELEMENT_COMPLETING':
      changeElement(state, event.key, { state: 'COMPLETING' })
      return
    case 'ELEMENT_TERMINATING':
      changeElement(state, event.key, { state: 'TERMINATING' })
      return
    case 'ELEMENT_COMPLETED':
      if (event.interruptsScope) interruptScope(state, event.key)
      if (event.brings) bringToCaller(state, event.brings)
      removeElement(state, event.key)
      return
    case 'ELEMENT_TERMINATED':
      countTerminated(state, event.key)
      removeElement(state, event.key)
      return
    case 'SEQUENCE_FLOW_TAKEN':
      takeFlow(state, event)
      return
    case 'LINK_FOLLOWED':
      changeElement(state, event.scopeKey, { activeFlows: state.elements.get(event.scopeKey)!.activeFlows + 1 })
      return
    case 'MULTI_INSTANCE_ADVANCED':
      changeElement(state, event.key, { loopCounter: event.loopCounter, rest: event.rest || undefined })
      return
    case 'VARIABLE_CREATED':
    case 'VARIABLE_UPDATED':
      setVariable(state, event)
      return
    case 'EVENT_TRIGGERED':
      eventTriggered(state, event)
      return
    case 'EVENT_CONSUMED':
      consumeEvent(state, event)
      return
    case 'JOB_CREATED':
      jobCreated(state, event.job)
      return
    case 'JOB_ACTIVATED':
      changeJob(state, event.key, { state: 'ACTIVATED', worker: event.worker, deadline: event.deadline })
      return
    case 'JOB_DISABLED':
      changeJob(state, event.key, { state: 'FAILED' })
      return
    case 'JOB_COMPLETED':
    case 'JOB_CANCELED':
      state.jobs.delete(event.key)
      return
    case 'JOB_FAILED':
      jobFailed(state, event)
      return
    case 'JOB_RECURRED_AFTER_BACKOFF':
    case 'JOB_TIMED_OUT':
      changeJob(state, event.key, { state: 'ACTIVATABLE', deadline: undefined, recurAt: undefined })
      return
    case 'JOB_RETRIES_UPDATED':
      changeJob(state, event.key, { retries: event.retries })
      return
    case 'JOB_TIMEOUT_UPDATED':
      changeJob(state, event.key, { deadline: event.deadline })
      return
    case 'JOB_ERROR_THROWN':
      jobErrorThrown(state, event)
      return
    case 'USER_TASK_CREATED':
      state.userTasks.put(event.task)
      return
    case 'USER_TASK_ASSIGNED':
      state.userTasks.put({ ...state.userTasks.get(event.key)!, assignee: event.assignee })
      return
    case 'USER_TASK_UPDATED':
      state.userTasks.put({ ...state.userTasks.get(event.key)!, ...event.changes })
      return
    case 'USER_TASK_COMPLETED':
    case 'USER_TASK_CANCELED':
      state.userTasks.delete(event.key)
      return
    case 'TIMER_CREATED':
      state.timers.put(event.timer)
      return
    case 'TIMER_TRIGGERED':
    case 'TIMER_CANCELED':
      state.timers.delete(event.key)
      return
    case 'MESSAGE_PUBLISHED':
      state.messages.put(event.message)
      return
    case 'MESSAGE_EXPIRED':
      state.messages.delete(event.key)
      return
    case 'MESSAGE_SUBSCRIPTION_CREATED':
      countKey(state, messageSubscriptionKey(event.key))
      state.subscriptions.put(event.subscription)
      return
    case 'MESSAGE_SUBSCRIPTION_CORRELATING':
    case 'MESSAGE_START_EVENT_SUBSCRIPTION_CORRELATED':
      changeMessage(state, event.messageKey, (processes) => [...processes, event.bpmnProcessId])
      return
    case 'MESSAGE_SUBSCRIPTION_REJECTED':
      changeMessage(state, event.messageKey, (processes) => processes.filter((id) => id !== event.bpmnProcessId))
      return
    case 'MESSAGE_SUBSCRIPTION_CORRELATED':
      if (event.closes) state.subscriptions.delete(event.key)
      return
    case 'MESSAGE_SUBSCRIPTION_DELETED':
      state.subscriptions.delete(event.key)
      return
    case 'MESSAGE_START_EVENT_SUBSCRIPTION_CREATED':
      state.startSubscriptions.put(event.subscription)
      return
    case 'MESSAGE_START_EVENT_SUBSCRIPTION_DELETED':
      state.startSubscriptions.delete(event.key)
      return
    case 'COMPENSATION_SUBSCRIPTION_CREATED':
    case 'COMPENSATION_SUBSCRIPTION_MIGRATED':
      state.compensations.put(event.subscription)
      return
    case 'COMPENSATION_SUBSCRIPTION_TRIGGERED':
      triggerCompensation(state, event)
      return
    case 'COMPENSATION_SUBSCRIPTION_COMPLETED':
    case 'COMPENSATION_SUBSCRIPTION_DELETED':
      state.compensations.delete(event.key)
      return
    case 'SIGNAL_SUBSCRIPTION_CREATED':
      state.signalSubscriptions.put(event.subscription)
      return
    case 'SIGNAL_SUBSCRIPTION_DELETED':
      state.signalSubscriptions.delete(event.key)
      return
    case 'INCIDENT_CREATED':
      state.incidents.put(event.incident)
      return
    case 'INCIDENT_RESOLVED':
      resolveIncident(state, event.key)
      return
    case 'DEPLOYMENT_CREATED':
    case 'RESOURCE_DELETING':
    case 'RESOURCE_DELETED':
    case 'PROCESS_DELETING':
    case 'DECISION_EVALUATED':
    case 'DECISION_EVALUATION_FAILED':
    case 'PROCESS_INSTANCE_CREATED':
    case 'PROCESS_INSTANCE_MIGRATED':
    case 'VARIABLE_DOCUMENT_UPDATED':
    case 'SIGNAL_BROADCASTED':
      return
    default:
      event satisfies never
  }
}

/** Keys come from one counter: the highest that an event carries was the last one given out. */
export function countKey(state: State, key: number): void {
  if (key - keyBase > state.counter) state.counter = key - keyBase
}

/** Its number is not given out again. */
function deleteProcess(state: State, key: Key): void {
  const { bpmnProcessId: id, version } = state.processes.get(key)!
  retire(state, { key, kind: 'process', id, version })
  state.processes.delete(key)
  forget(state, state.models, key)
}

function deleteForm(state: State, key: Key): void {
  const { formId: id, version } = state.forms.get(key)!
  retire(state, { key, kind: 'form', id, version })
  state.forms.delete(key)
}

/** Of the versions of a resource that were deleted, the highest is kept in mind. */
function retire(state: State, retired: RetiredVersion): void {
  const others = state.retiredVersions.in('byId', retiredGroup(retired.kind, retired.id))
  if (others.some(({ version }) => version > retired.version)) return
  for (const { key } of others) state.retiredVersions.delete(key)
  state.retiredVersions.put(retired)
}

/** A compiled model is in no table: that it goes is taken back like what is. */
function forget<Model>(state: State, models: Map<Key, Model>, key: Key): void {
  const model = models.get(key)!
  state.journal.undo?.push(() => models.set(key, model))
  models.delete(key)
}

type EventOf<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>

/** A scope that an event had ended takes up what was put into it. */
function modified(state: State, { activateInstructions }: EventOf<'PROCESS_INSTANCE_MODIFIED'>): void {
  for (const key of activateInstructions.flatMap(({ ancestorScopeKeys }) => ancestorScopeKeys)) {
    const scope = state.elements.get(key)
    if (scope?.interruptedBy === undefined && !scope?.interrupted) continue
    state.elements.put({ ...scope, interrupted: undefined, interruptedBy: undefined })
  }
}

function activating(state: State, event: EventOf<'ELEMENT_ACTIVATING'>): void {
  state.elements.put(event.element)
  if (state.scopes.get(event.key) === undefined) {
    state.scopes.put({ key: event.key, processInstanceKey: event.element.processInstanceKey, values: {} })
  }
  takeOver(state, event.element)
  const scope = state.elements.get(event.element.scopeKey)
  if (scope === undefined || event.arrivedBy.length === 0) return
  const joined = scope.takenFlows?.[event.element.elementId]
  const takenFlows = joined && {
    ...scope.takenFlows,
    [event.element.elementId]: withoutOneOf(joined, event.arrivedBy),
  }
  state.elements.put({
    ...scope,
    activeFlows: scope.activeFlows - event.arrivedBy.length,
    ...(joined && { takenFlows }),
  })
}

/** An event subprocess that begins takes what began it from its scope. */
function takeOver(state: State, { scopeKey, elementType, triggers }: ElementInstance): void {
  const scope = elementType === 'EVENT_SUB_PROCESS' ? state.elements.get(scopeKey) : undefined
  if (scope === undefined || scope.triggers.length === 0) return
  const taken = new Set(triggers.map(({ eventKey }) => eventKey))
  state.elements.put({ ...scope, triggers: scope.triggers.filter(({ eventKey }) => !taken.has(eventKey)) })
}

function withoutOneOf(taken: Readonly<Record<string, number>>, flowIds: readonly string[]): Record<string, number> {
  const left = Object.entries(taken).map(([id, count]) => [id, flowIds.includes(id) ? count - 1 : count] as const)
  return Object.fromEntries(left.filter(([, count]) => count > 0))
}

function takeFlow(state: State, event: EventOf<'SEQUENCE_FLOW_TAKEN'>): void {
  const scope = state.elements.get(event.scopeKey)!
  const join = event.joinId
  const taken = join === undefined ? undefined : (scope.takenFlows?.[join] ?? {})
  state.elements.put({
    ...scope,
    activeFlows: scope.activeFlows + 1,
    ...(join !== undefined && {
      takenFlows: { ...scope.takenFlows, [join]: { ...taken, [event.flowId]: (taken?.[event.flowId] ?? 0) + 1 } },
    }),
  })
}

function interruptScope(state: State, key: number): void {
  const scope = state.elements.get(state.elements.get(key)!.scopeKey)!
  state.elements.put({ ...scope, activeFlows: 0, takenFlows: undefined, interrupted: true })
}

/** What interrupts, and what is brought to an element itself, is kept until it is taken on. */
function eventTriggered(state: State, { elementInstanceKey, trigger }: EventOf<'EVENT_TRIGGERED'>): void {
  const element = state.elements.get(elementInstanceKey)!
  if (!trigger.interrupting && trigger.elementId !== element.elementId) return
  const isScope = trigger.eventSubProcessId !== undefined
  state.elements.put({
    ...element,
    triggers: [...element.triggers, trigger],
    ...(isScope && { activeFlows: 0, takenFlows: undefined, interruptedBy: trigger.eventSubProcessId }),
  })
}

/** It is kept until the call activity completes. The real engine gives it the call activity's own key. */
function bringToCaller(state: State, { callerKey: eventKey, variables }: BroughtToCaller): void {
  const { elementId, triggers } = state.elements.get(eventKey)!
  changeElement(state, eventKey, { triggers: [...triggers, { eventKey, elementId, variables, interrupting: false }] })
}

function triggerCompensation(
  state: State,
  { type, key, ...triggered }: EventOf<'COMPENSATION_SUBSCRIPTION_TRIGGERED'>,
): void {
  state.compensations.put({ ...state.compensations.get(key)!, ...triggered })
}

function changeElement(state: State, key: number, change: Partial<ElementInstance>): void {
  state.elements.put({ ...state.elements.get(key)!, ...change })
}

function consumeEvent(state: State, { key, elementInstanceKey }: EventOf<'EVENT_CONSUMED'>): void {
  const { triggers } = state.elements.get(elementInstanceKey)!
  changeElement(state, elementInstanceKey, {
    triggers: triggers.map((trigger) => (trigger.eventKey === key ? { ...trigger, variables: {} } : trigger)),
  })
}

/** A multi-instance body that goes on tells its completion condition. */
function countTerminated(state: State, key: number): void {
  const scope = state.elements.get(state.elements.get(key)!.scopeKey)
  if (scope?.elementType !== 'MULTI_INSTANCE_BODY' || scope.state !== 'ACTIVATED') return
  changeElement(state, scope.key, { terminatedInstances: (scope.terminatedInstances ?? 0) + 1 })
}

function removeElement(state: State, key: number): void {
  state.elements.delete(key)
  state.scopes.delete(key)
}

/** The variables of a process instance are there before it is. */
function setVariable(state: State, event: EventOf<'VARIABLE_CREATED' | 'VARIABLE_UPDATED'>): void {
  const processInstanceKey =
    state.elements.get(event.scopeKey)?.processInstanceKey ?? event.processInstanceKey ?? event.scopeKey
  const scope = state.scopes.get(event.scopeKey) ?? { key: event.scopeKey, processInstanceKey, values: {} }
  const keys = event.type === 'VARIABLE_CREATED' ? { ...scope.keys, [event.name]: event.key } : scope.keys
  state.scopes.put({ ...scope, values: { ...scope.values, [event.name]: event.value }, ...(keys && { keys }) })
}

function changeJob(state: State, key: number, change: Partial<Job>): void {
  state.jobs.put({ ...state.jobs.get(key)!, ...change })
}

function jobFailed(state: State, event: EventOf<'JOB_FAILED'>): void {
  const waits = event.retries <= 0 || event.recurAt !== undefined
  changeJob(state, event.key, {
    state: waits ? 'FAILED' : 'ACTIVATABLE',
    retries: event.retries,
    errorMessage: event.errorMessage,
    deadline: undefined,
    recurAt: event.recurAt,
  })
}

function jobErrorThrown(state: State, event: EventOf<'JOB_ERROR_THROWN'>): void {
  if (event.caught) {
    state.jobs.delete(event.key)
    return
  }
  const { errorCode, errorMessage } = event
  changeJob(state, event.key, { state: 'ERROR_THROWN', errorCode, errorMessage, deadline: undefined })
}

function changeMessage(state: State, key: number, change: (processes: readonly string[]) => readonly string[]): void {
  const message: Message | undefined = state.messages.get(key)
  if (message !== undefined) state.messages.put({ ...message, correlatedTo: change(message.correlatedTo) })
}

/** A job that had no retries left, or threw an error that nobody caught, can be taken again. */
/** A listener's is counted, to find the next one. */
function jobCreated(state: State, job: Job): void {
  state.jobs.put(job)
  if (job.listensTo === undefined) return
  const { listened = 0 } = state.elements.get(job.elementInstanceKey)!
  changeElement(state, job.elementInstanceKey, { listened: listened + 1 })
}

function listenedAnew(state: State, key: number): Pick<ElementInstance, 'listened'> {
  return state.elements.get(key)?.listened === undefined ? {} : { listened: undefined }
}

function resolveIncident(state: State, key: number): void {
  const incident = state.incidents.get(key)!
  state.incidents.delete(key)
  const element = state.elements.get(incident.elementInstanceKey)
  if (incident.type === 'EXTRACT_VALUE_ERROR' && element?.listened !== undefined) {
    changeElement(state, element.key, { listened: undefined })
  }
  const job = incident.jobKey === undefined ? undefined : state.jobs.get(incident.jobKey)
  if (job !== undefined) state.jobs.put({ ...job, state: 'ACTIVATABLE', recurAt: undefined })
}
