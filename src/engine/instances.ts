import { place } from './activation.ts'
import type { Key, Variables } from './key.ts'
import { emit, nextKey, note, queue, type Run } from './run.ts'
import type { DeployedProcessRow, ElementInstance, Message, StartSubscription } from './state/rows.ts'
import { setLocal } from './variables/variables.ts'

/** A new instance of a process; what it does first is queued. It begins at its start event, or at these elements. Answers its key. */
export function createInstance(
  run: Run,
  process: DeployedProcessRow,
  variables: Variables,
  startAt: readonly string[] = [],
): Key {
  const key = nextKey(run)
  run.begun.set(key, process)
  setLocal(run, key, variables)
  const { key: processDefinitionKey, bpmnProcessId, version } = process
  const root = instanceOf(process, key)
  for (const elementId of startAt) place(run, { root, elementId, command: 'CREATE' })
  const created = { processInstanceKey: key, processDefinitionKey, bpmnProcessId, version, variables }
  emit(run, { type: 'PROCESS_INSTANCE_CREATED', key: nextKey(run), ...created })
  if (startAt.length === 0) begin(run, root)
  return key
}

/** A new instance of a process that a call activity runs, with these variables. */
export function callProcess(
  run: Run,
  process: DeployedProcessRow,
  caller: ElementInstance,
  variables: Variables,
): void {
  const key = nextKey(run)
  run.begun.set(key, process)
  setLocal(run, key, variables)
  const { key: parentElementInstanceKey, processInstanceKey: parentProcessInstanceKey } = caller
  begin(run, { ...instanceOf(process, key), parentElementInstanceKey, parentProcessInstanceKey })
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
  const started = startedBy(run, instanceOf(process, key), startEventId, variables)
  begin(run, { ...started, ...(correlationKey !== '' && { startMessage: { correlationKey } }) })
}

/** Something else than a message starts the instance `key`, at the start event that waited for it. */
export function startByEvent(run: Run, process: DeployedProcessRow, key: Key, event: StartingEvent): void {
  begin(run, startedBy(run, instanceOf(process, key), event.startEventId, event.variables))
}

interface StartingEvent {
  startEventId: string
  variables: Variables
}

function startedBy(run: Run, instance: ElementInstance, elementId: string, variables: Variables): ElementInstance {
  const { key: processInstanceKey, processDefinitionKey } = instance
  const eventKey = nextKey(run)
  const triggered = { processInstanceKey, processDefinitionKey, targetElementId: elementId }
  note(run, { type: 'START_EVENT_TRIGGERED', key: eventKey, ...triggered, variables })
  return { ...instance, triggers: [{ eventKey, elementId, variables, interrupting: false }] }
}

/** A step of its own, as on the real engine: what brought it about is told to its end before. */
function begin(run: Run, instance: ElementInstance): void {
  queue(run, { type: 'begin', instance })
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
