import type { Key } from '../../command.ts'
import type { MappingInstruction } from '../../instructions.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface MigrateProcessInstanceRequest extends Referenced {
  processInstanceKey: Key
  migrationPlan: { targetProcessDefinitionKey: Key; mappingInstructions: MappingInstruction[] } | null
}

export const migrateProcessInstance: UnaryCall<MigrateProcessInstanceRequest, object> = async (
  request,
  { runtime },
) => {
  const { processInstanceKey, migrationPlan } = request
  const { targetProcessDefinitionKey = 0, mappingInstructions = [] } = migrationPlan ?? {}
  await runtime.execute({
    type: 'MigrateProcessInstance',
    processInstanceKey,
    targetProcessDefinitionKey,
    mappingInstructions: mappingInstructions.map(({ sourceElementId, targetElementId }) => ({
      sourceElementId,
      targetElementId,
    })),
    ...referenceOf(request),
  })
  return {}
}
