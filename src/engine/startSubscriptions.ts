import { evaluate } from '../feel/evaluate.ts'
import { emit, nextKey, type Run } from './run.ts'
import type { DeployedProcessRow } from './state.ts'

/** Only the latest version of a process is started by messages: from the one before, what starts it goes over to this one. */
export function moveStartSubscriptions(run: Run, process: DeployedProcessRow): void {
  for (const old of run.state.startSubscriptions.in('byProcess', process.bpmnProcessId)) {
    emit(run, { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_DELETED', key: old.key })
  }
  openStartSubscriptions(run, process)
}

function openStartSubscriptions(run: Run, { key: processDefinitionKey, bpmnProcessId }: DeployedProcessRow): void {
  const model = run.state.models.get(processDefinitionKey)!
  for (const { id: startEventId, event } of model.process.startEvents) {
    if (event?.type !== 'message') continue
    const key = nextKey(run)
    const messageName = String(evaluate(event.name, { get: () => undefined }, run.now).value)
    emit(run, {
      type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CREATED',
      key,
      subscription: { key, processDefinitionKey, bpmnProcessId, startEventId, messageName },
    })
  }
}
