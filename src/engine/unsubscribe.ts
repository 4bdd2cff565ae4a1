import { emit, noteLater, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'

/** Closes what an element waits for; `concerns` limits it to some of the events that would be triggered. */
export function unsubscribe(
  run: Run,
  { key }: ElementInstance,
  concerns: (elementId: string) => boolean = () => true,
): void {
  const { timers, subscriptions } = run.state
  for (const timer of timers.in('byElement', key)) {
    if (concerns(timer.targetElementId)) emit(run, { type: 'TIMER_CANCELED', key: timer.key })
  }
  for (const subscription of subscriptions.in('byElement', key)) {
    if (concerns(subscription.targetElementId)) {
      emit(run, { type: 'MESSAGE_SUBSCRIPTION_DELETED', key: subscription.key })
      noteLater(run, { type: 'SUBSCRIPTION_CLOSED', subscription }, { type: 'CLOSE_ACKNOWLEDGED', subscription })
    }
  }
}
