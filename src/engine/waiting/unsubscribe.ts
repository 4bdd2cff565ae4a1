import { emit, noteLater, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'

/** Closes what an element waits for; `concerns` limits it to some of the events that would be triggered. */
export function unsubscribe(
  run: Run,
  { key }: ElementInstance,
  concerns: (elementId: string) => boolean = () => true,
): void {
  const { timers, subscriptions, signalSubscriptions } = run.state
  for (const timer of timers.in('byElement', key)) {
    if (concerns(timer.targetElementId)) emit(run, { type: 'TIMER_CANCELED', key: timer.key })
  }
  const messages = subscriptions.in('byElement', key).toSorted(byNameOf(({ messageName }) => messageName))
  for (const subscription of messages) {
    if (concerns(subscription.targetElementId)) {
      emit(run, { type: 'MESSAGE_SUBSCRIPTION_DELETED', key: subscription.key })
      noteLater(run, { type: 'SUBSCRIPTION_CLOSED', subscription }, { type: 'CLOSE_ACKNOWLEDGED', subscription })
    }
  }
  const signals = signalSubscriptions.in('byElement', key).toSorted(byNameOf(({ signalName }) => signalName))
  for (const subscription of signals) {
    if (concerns(subscription.catchEventId)) emit(run, { type: 'SIGNAL_SUBSCRIPTION_DELETED', key: subscription.key })
  }
}

/** As the real engine's store has names in order: the shorter first. */
export function byNameOf<Row>(nameOf: (row: Row) => string): (a: Row, b: Row) => number {
  const bytesOf = (row: Row): Buffer => Buffer.from(nameOf(row))
  return (a, b) => bytesOf(a).length - bytesOf(b).length || Buffer.compare(bytesOf(a), bytesOf(b))
}
