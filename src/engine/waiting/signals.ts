import { startByEvent } from '../instances.ts'
import type { Key, Variables } from '../key.ts'
import { trigger } from '../lifecycle/triggering.ts'
import { emit, nextKey, type Run } from '../run.ts'
import type { SignalSubscription } from '../state/rows.ts'
import { canTrigger, catcherOf } from './catchers.ts'

/** Tells a signal to all that wait for it now, and to each process that it starts. */
export function broadcast(run: Run, signalName: string, variables: Variables): Key {
  const key = nextKey(run)
  emit(run, { type: 'SIGNAL_BROADCASTED', key, signalName, variables })
  for (const subscription of run.state.signalSubscriptions.in('bySignal', signalName)) {
    // What one of them began may have closed the next.
    if (run.state.signalSubscriptions.get(subscription.key) !== undefined) tell(run, subscription, variables)
  }
  return key
}

function tell(run: Run, subscription: SignalSubscription, variables: Variables): void {
  const { processDefinitionKey, catchEventId, catchEventInstanceKey } = subscription
  if (catchEventInstanceKey === -1) {
    const process = run.state.processes.get(processDefinitionKey)!
    startByEvent(run, process, nextKey(run), { startEventId: catchEventId, variables })
    return
  }
  const host = run.state.elements.get(catchEventInstanceKey)
  const catcher = host && catcherOf(run, host, catchEventId)
  if (catcher !== undefined && canTrigger(run, host, catcher)) trigger(run, host, catcher, variables)
}
