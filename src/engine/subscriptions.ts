import type { BoundaryEvent, CatchEvent, ElementModel, MessageDefinition, ReceiveTask } from './compile/model.ts'
import { evaluateCorrelationKey, evaluateString } from './expressions.ts'
import type { Key } from './key.ts'
import { bodyType, emit, isInner, modelOf, nextKey, noteLater, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'
import { type Schedule, scheduleOf } from './timers.ts'

interface Watch {
  elementId: string
  interrupting: boolean
  message?: { name: string; correlationKey: string }
  schedule?: Schedule
}

/**
 * Opens the timers and message subscriptions of an element: its own, and those of its boundary events. All of them
 * are evaluated before the first is opened, in the scope of the element; only the correlation key of a boundary
 * event sees the scope around its activity (as on Zeebe 8.6.0).
 */
export function subscribe(run: Run, instance: ElementInstance, element: ElementModel): void {
  const watches = [...ownWatch(run, instance, element), ...boundaryWatches(run, instance, element)]
  for (const watch of watches) if (watch.message) openMessage(run, instance, watch, watch.message)
  for (const watch of watches) if (watch.schedule) openTimer(run, instance, watch.elementId, watch.schedule)
}

/** Closes what an element waits for. */
export function unsubscribe(run: Run, instance: ElementInstance): void {
  for (const timer of run.state.timers.in('byElement', instance.key)) {
    emit(run, { type: 'TIMER_CANCELED', key: timer.key })
  }
  for (const subscription of run.state.subscriptions.in('byElement', instance.key)) {
    emit(run, { type: 'MESSAGE_SUBSCRIPTION_DELETED', key: subscription.key })
    noteLater(run, { type: 'SUBSCRIPTION_CLOSED', subscription }, { type: 'CLOSE_ACKNOWLEDGED', subscription })
  }
}

/** Boundary events are on the body of a multi-instance activity, not on each instance in it. */
export function boundaryEventsOf(run: Run, instance: ElementInstance, element: ElementModel): BoundaryEvent[] {
  if (isInner(run, instance)) return []
  const elements = modelOf(run, instance).elements
  return element.boundaryEvents.map((id) => elements.get(id) as BoundaryEvent)
}

function ownWatch(run: Run, instance: ElementInstance, element: ElementModel): Watch[] {
  const event = instance.elementType === bodyType ? undefined : ownEvent(element)
  return event ? [watchOf(run, instance.key, instance.key, element.id, true, event)] : []
}

function ownEvent(element: ElementModel): CatchEvent['event'] | undefined {
  if (element.kind === 'receiveTask') return { type: 'message', message: (element as ReceiveTask).message }
  return element.kind === 'catchEvent' ? element.event : undefined
}

function boundaryWatches(run: Run, instance: ElementInstance, element: ElementModel): Watch[] {
  const { key, scopeKey } = instance
  // The last one in the file first, as the real engine has them: it decides which incident is told.
  return boundaryEventsOf(run, instance, element)
    .toReversed()
    .flatMap(({ id, interrupting, event }) =>
      event.type === 'error' ? [] : [watchOf(run, key, scopeKey, id, interrupting, event)],
    )
}

/** `keyScope`: where the correlation key is looked up; all else is in `scope`. */
function watchOf(
  run: Run,
  scope: Key,
  keyScope: Key,
  elementId: string,
  interrupting: boolean,
  event: CatchEvent['event'],
): Watch {
  if (event.type === 'timer') return { elementId, interrupting, schedule: scheduleOf(run, scope, event.timer) }
  return { elementId, interrupting, message: messageOf(run, scope, keyScope, event.message) }
}

function messageOf(run: Run, scope: Key, keyScope: Key, message: MessageDefinition) {
  return {
    name: evaluateString(run, scope, message.name),
    correlationKey: evaluateCorrelationKey(run, keyScope, message.correlationKey),
  }
}

function openMessage(
  run: Run,
  instance: ElementInstance,
  { elementId, interrupting }: Watch,
  { name, correlationKey }: { name: string; correlationKey: string },
): void {
  const key = nextKey(run)
  // The message's side has the next one (`messageSubscriptionKey`).
  nextKey(run)
  const { processInstanceKey, bpmnProcessId } = instance
  emit(run, {
    type: 'MESSAGE_SUBSCRIPTION_CREATED',
    key,
    subscription: {
      key,
      processInstanceKey,
      elementInstanceKey: instance.key,
      targetElementId: elementId,
      bpmnProcessId,
      messageName: name,
      correlationKey,
      interrupting,
    },
  })
  run.laterSteps.push({ type: 'openSubscription', key })
}

function openTimer(run: Run, instance: ElementInstance, elementId: string, schedule: Schedule): void {
  const key = nextKey(run)
  emit(run, {
    type: 'TIMER_CREATED',
    key,
    timer: {
      key,
      processInstanceKey: instance.processInstanceKey,
      elementInstanceKey: instance.key,
      targetElementId: elementId,
      ...schedule,
    },
  })
}
