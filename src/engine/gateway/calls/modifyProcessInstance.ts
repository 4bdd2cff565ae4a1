import type { Key, Variables } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface ModifyProcessInstanceRequest extends Referenced {
  processInstanceKey: Key
  activateInstructions: {
    elementId: string
    ancestorElementInstanceKey: Key
    variableInstructions: { variables: string | Variables; scopeId: string }[]
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
          variables: documentOf(variables),
        })),
      }),
    ),
    terminateInstructions: terminateInstructions.map(({ elementInstanceKey }) => ({ elementInstanceKey })),
    ...referenceOf(request),
  })
  return {}
}
