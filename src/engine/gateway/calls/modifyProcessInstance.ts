import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface ModifyProcessInstanceRequest extends Referenced {
  processInstanceKey: Key
  activateInstructions: {
    elementId: string
    ancestorElementInstanceKey: Key
    variableInstructions: { variables: string; scopeId: string }[]
  }[]
  terminateInstructions: { elementInstanceKey: Key }[]
}

export const modifyProcessInstance: UnaryCall<ModifyProcessInstanceRequest, object> = async (request, { runtime }) => {
  const { processInstanceKey, activateInstructions, terminateInstructions } = request
  await runtime.execute({
    type: 'ModifyProcessInstance',
    processInstanceKey,
    activateInstructions: activateInstructions.map(
      ({ elementId, ancestorElementInstanceKey, variableInstructions }) => ({
        elementId,
        // None: -1, or not given at all.
        ...(ancestorElementInstanceKey > 0 && { ancestorElementInstanceKey }),
        variableInstructions: variableInstructions.map(({ scopeId, variables }) => ({
          scopeId,
          variables: parseDocument(variables),
        })),
      }),
    ),
    terminateInstructions: terminateInstructions.map(({ elementInstanceKey }) => ({ elementInstanceKey })),
    ...referenceOf(request),
  })
  return {}
}
