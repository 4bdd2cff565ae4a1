import { startByMessage } from '../instances.ts'
import { trigger } from '../lifecycle/triggering.ts'
import { emit, note, noteLater, type Run } from '../run.ts'
import { messageFrom } from '../state/keptMessages.ts'
import type { Message, Subscription } from '../state/rows.ts'
import { messageGroup, startLock } from '../state/state.ts'
import type { CorrelateStep, Step } from '../step.ts'
import { canTrigger, catcherOf } from './catchers.ts'

/** A message goes to one waiting instance of each process, and starts one of each process that it may start. */
export function correlateMessage(run: Run, message: Message): void {
  const taken = new Set<string>()
  for (const subscription of run.state.subscriptions.in(
    'byMessage',
    messageGroup(message.name, message.correlationKey),
  )) {
    if (taken.has(subscription.bpmnProcessId)) continue
    taken.add(subscription.bpmnProcessId)
    reserve(run, subscription, message)
  }
  for (const start of run.state.startSubscriptions.in('byMessage', message.name)) {
    if (taken.has(start.bpmnProcessId) || isLocked(run, start.bpmnProcessId, message.correlationKey)) continue
    taken.add(start.bpmnProcessId)
    startByMessage(run, start, message)
  }
}

/** A subscription that opened takes the oldest buffered message that its process has not had. */
export function correlateBuffered(run: Run, { key, correlated }: OpenSubscriptionStep): void {
  const subscription = run.state.subscriptions.get(key)
  if (subscription === undefined) return
  if (correlated === undefined) note(run, { type: 'SUBSCRIPTION_OPENED', subscription })
  else note(run, { type: 'CORRELATION_ACKNOWLEDGED', subscription, ...correlated })
  const group = messageGroup(subscription.messageName, subscription.correlationKey)
  for (const message of run.state.messages.each('byMessage', group)) {
    if (!isFor(run, message, subscription.bpmnProcessId)) continue
    reserve(run, subscription, messageFrom(message))
    return
  }
  if (correlated === undefined) noteLater(run, { type: 'SUBSCRIPTION_ACKNOWLEDGED', subscription })
}

type OpenSubscriptionStep = Extract<Step, { type: 'openSubscription' }>

/** The instance takes the message that was reserved for it; if it no longer can, another one may. */
export function deliver(run: Run, step: CorrelateStep): void {
  const { subscriptionKey, messageKey, variables } = step
  const subscription = run.state.subscriptions.get(subscriptionKey)
  const host = subscription && run.state.elements.get(subscription.elementInstanceKey)
  const catcher = host && catcherOf(run, host, subscription.targetElementId)
  if (subscription === undefined || catcher === undefined || !canTrigger(run, host, catcher)) {
    reject(run, step)
    return
  }
  const closes = subscription.interrupting
  emit(run, { type: 'MESSAGE_SUBSCRIPTION_CORRELATED', key: subscriptionKey, messageKey, variables, closes })
  trigger(run, host, catcher, variables)
  const correlated = { messageKey, variables }
  if (closes) noteLater(run, { type: 'CORRELATION_ACKNOWLEDGED', subscription, ...correlated })
  else run.laterSteps.push({ type: 'openSubscription', key: subscriptionKey, correlated })
}

/** When an instance that a message started has ended, the next message of its key may start one. */
export function startNext(run: Run, bpmnProcessId: string, correlationKey: string): void {
  if (isLocked(run, bpmnProcessId, correlationKey)) return
  const next = run.state.startSubscriptions
    .in('byProcess', bpmnProcessId)
    .flatMap((start) =>
      run.state.messages
        .in('byMessage', messageGroup(start.messageName, correlationKey))
        .filter((message) => isFor(run, message, bpmnProcessId))
        .map((message) => ({ start, message })),
    )
    .sort((a, b) => a.message.key - b.message.key)[0]
  if (next !== undefined) startByMessage(run, next.start, messageFrom(next.message))
}

function isFor(run: Run, message: Pick<Message, 'deadline' | 'correlatedTo'>, bpmnProcessId: string): boolean {
  return message.deadline > run.now && !message.correlatedTo.includes(bpmnProcessId)
}

function isLocked(run: Run, bpmnProcessId: string, correlationKey: string): boolean {
  return correlationKey !== '' && run.state.elements.count('byStart', startLock(bpmnProcessId, correlationKey)) > 0
}

function reserve(run: Run, subscription: Subscription, message: Message): void {
  const { key, bpmnProcessId } = subscription
  emit(run, { type: 'MESSAGE_SUBSCRIPTION_CORRELATING', key, messageKey: message.key, bpmnProcessId })
  run.laterSteps.push({
    type: 'correlate',
    subscriptionKey: key,
    bpmnProcessId,
    messageKey: message.key,
    variables: message.variables,
  })
}

function reject(run: Run, { subscriptionKey, messageKey, bpmnProcessId }: CorrelateStep): void {
  emit(run, { type: 'MESSAGE_SUBSCRIPTION_REJECTED', key: subscriptionKey, messageKey, bpmnProcessId })
  const message = run.state.messages.get(messageKey)
  if (message === undefined || !isFor(run, message, bpmnProcessId)) return
  const other = run.state.subscriptions
    .in('byMessage', messageGroup(message.name, message.correlationKey))
    .find((subscription) => subscription.bpmnProcessId === bpmnProcessId && subscription.key !== subscriptionKey)
  if (other !== undefined) reserve(run, other, messageFrom(message))
}
