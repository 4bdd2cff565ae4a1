import type { CreateProcessInstance } from '../command.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const processInstanceCreationRecords = {
  PROCESS_INSTANCE_CREATED: (
    { key, processInstanceKey, processDefinitionKey, bpmnProcessId, version, variables },
    { command },
  ) => {
    const started = command.type === 'CreateProcessInstance' ? command.startInstructions : undefined
    const value = {
      bpmnProcessId,
      version,
      processDefinitionKey,
      processInstanceKey,
      variables,
      startInstructions: (started ?? []).map(({ elementId }) => ({ elementId })),
      tenantId: defaultTenant,
    }
    return [{ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATED', key, value }]
  },
} satisfies Partial<RecordsOf>

export function processInstanceCreationCommand(command: CreateProcessInstance): Draft {
  const { bpmnProcessId = '', version = -1, processDefinitionKey = -1, variables, startInstructions = [] } = command
  const value = {
    bpmnProcessId,
    version,
    processDefinitionKey,
    processInstanceKey: -1,
    variables,
    startInstructions: startInstructions.map(({ elementId }) => ({ elementId })),
    tenantId: defaultTenant,
  }
  const intent = command.awaitsResult ? 'CREATE_WITH_AWAITING_RESULT' : 'CREATE'
  return { valueType: 'PROCESS_INSTANCE_CREATION', intent, key: -1, value }
}
