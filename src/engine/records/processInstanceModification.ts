import type { ModifyProcessInstance } from '../command.ts'
import type { ActivateInstruction } from '../instructions.ts'
import type { Key } from '../key.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const processInstanceModificationRecords = {
  PROCESS_INSTANCE_MODIFIED: ({ key, activateInstructions, terminateInstructions }) => [
    modification('MODIFIED', key, {
      terminateInstructions,
      activateInstructions: activateInstructions.map((one) => instruction(one, one.ancestorScopeKeys)),
      ancestorScopeKeys: [...new Set(activateInstructions.flatMap(({ ancestorScopeKeys }) => ancestorScopeKeys))],
    }),
  ],
} satisfies Partial<RecordsOf>

export function processInstanceModificationCommand(command: ModifyProcessInstance): Draft {
  const { processInstanceKey, activateInstructions, terminateInstructions } = command
  return modification('MODIFY', processInstanceKey, {
    terminateInstructions,
    activateInstructions: activateInstructions.map((one) => instruction(one, [])),
    ancestorScopeKeys: [],
  })
}

function modification(intent: string, key: Key, instructions: Value): Draft {
  const value = { processInstanceKey: key, ...instructions, tenantId: defaultTenant }
  return { valueType: 'PROCESS_INSTANCE_MODIFICATION', intent, key, value }
}

function instruction(of: ActivateInstruction, ancestorScopeKeys: readonly Key[]): Value {
  return {
    elementId: of.elementId,
    ancestorScopeKey: of.ancestorElementInstanceKey ?? -1,
    variableInstructions: of.variableInstructions.map(({ scopeId: elementId, variables }) => ({
      variables,
      elementId,
    })),
    ancestorScopeKeys,
  }
}
