import type { Key, Variables } from './key.ts'
import { emit, nextKey, type Run } from './run.ts'
import type { DeployedProcessRow, ElementInstance, Message, StartSubscription } from './state.ts'
import { setLocal } from './variables.ts'

/** A new instance of a process; what it does first is queued. Answers its key. */
export function createInstance(run: Run, process: DeployedProcessRow, variables: Variables): Key {
  const key = nextKey(run)
  setLocal(run, key, variables)
  const { bpmnProcessId } = process
  emit(run, { type: 'PROCESS_INSTANCE_CREATED', key: nextKey(run), processInstanceKey: key, bpmnProcessId, variables })
  begin(run, instanceOf(process, key))
  return key
}

/** A message starts an instance: its start event brings the message's variables. */
export function startByMessage(run: Run, start: StartSubscription, message: Message): void {
  const process = run.state.processes.get(start.processDefinitionKey)!
  const key = nextKey(run)
  const { bpmnProcessId, startEventId } = start
  emit(run, {
    type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CORRELATED',
    key: start.key,
    messageKey: message.key,
    bpmnProcessId,
    processInstanceKey: key,
  })
  const { correlationKey, variables } = message
  begin(run, {
    ...instanceOf(process, key),
    triggers: [{ eventKey: nextKey(run), elementId: startEventId, variables, interrupting: false }],
    ...(correlationKey !== '' && { startMessage: { correlationKey } }),
  })
}

function begin(run: Run, instance: ElementInstance): void {
  emit(run, { type: 'ELEMENT_ACTIVATING', key: instance.key, element: instance, arrivedBy: [] })
  run.steps.push({ type: 'activate', key: instance.key, elementId: instance.elementId, scopeKey: -1 })
}

function instanceOf(process: DeployedProcessRow, key: Key): ElementInstance {
  return {
    key,
    processInstanceKey: key,
    processDefinitionKey: process.key,
    bpmnProcessId: process.bpmnProcessId,
    version: process.version,
    elementId: process.bpmnProcessId,
    elementType: 'PROCESS',
    scopeKey: -1,
    state: 'ACTIVATING',
    activeFlows: 0,
    triggers: [],
  }
}
