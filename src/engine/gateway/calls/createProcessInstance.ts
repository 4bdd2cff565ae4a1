import type { Command, CreateProcessInstance, Key, Variables } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'
import { checkTenant } from '../tenant.ts'

export interface CreateProcessInstanceRequest extends Referenced {
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  variables: string | Variables
  startInstructions: { elementId: string }[]
  tenantId: string
}

interface CreateProcessInstanceResponse {
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  processInstanceKey: Key
  tenantId: string
}

export const createProcessInstance: UnaryCall<CreateProcessInstanceRequest, CreateProcessInstanceResponse> = async (
  request,
  { runtime },
) => {
  checkTenant('CreateProcessInstance', request.tenantId)
  const created = await runtime.execute(creation(request))
  return {
    processDefinitionKey: created.processDefinitionKey,
    bpmnProcessId: created.bpmnProcessId,
    version: created.version,
    processInstanceKey: created.processInstanceKey,
    tenantId: defaultTenant,
  }
}

/** The command of a request: an id, where there is one, counts before a key, as on Zeebe. */
export function creation(request: CreateProcessInstanceRequest): CreateProcessInstance & Command {
  const which =
    request.bpmnProcessId === ''
      ? { processDefinitionKey: request.processDefinitionKey }
      : { bpmnProcessId: request.bpmnProcessId, version: request.version }
  return {
    type: 'CreateProcessInstance',
    ...which,
    variables: documentOf(request.variables),
    startInstructions: request.startInstructions,
    ...referenceOf(request),
  }
}
