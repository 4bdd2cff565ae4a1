import type { FinishedInstance, Key } from '../../command.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { Status } from '../status.ts'
import { checkTenant } from '../tenant.ts'
import { type CreateProcessInstanceRequest, creation } from './createProcessInstance.ts'

interface CreateProcessInstanceWithResultRequest {
  request: CreateProcessInstanceRequest | null
  requestTimeout: number
  fetchVariables: string[]
}

interface CreateProcessInstanceWithResultResponse {
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  processInstanceKey: Key
  variables: string
  tenantId: string
}

/** Milliseconds, where the request names none; Zeebe's default. */
const defaultTimeout = 15_000

export const createProcessInstanceWithResult: UnaryCall<
  CreateProcessInstanceWithResultRequest,
  CreateProcessInstanceWithResultResponse
> = async ({ request, requestTimeout, fetchVariables }, { runtime, host, port, signal }) => {
  const inner = request ?? nothing
  checkTenant('CreateProcessInstanceWithResult', inner.tenantId)
  const timeout = requestTimeout > 0 ? requestTimeout : defaultTimeout
  const timedOut = (): Status => new Status('DEADLINE_EXCEEDED', timeoutText(timeout, host, port))
  const instance = await runtime.createWithResult(
    { ...creation(inner), awaitsResult: true },
    { timeout, signal, timedOut },
  )
  return {
    processDefinitionKey: instance.processDefinitionKey,
    bpmnProcessId: instance.bpmnProcessId,
    version: instance.version,
    processInstanceKey: instance.processInstanceKey,
    variables: JSON.stringify(fetched(instance, fetchVariables)),
    tenantId: defaultTenant,
  }
}

const nothing: CreateProcessInstanceRequest = {
  processDefinitionKey: 0,
  bpmnProcessId: '',
  version: 0,
  variables: '',
  startInstructions: [],
  tenantId: '',
  operationReference: 0,
}

function fetched({ variables }: FinishedInstance, names: readonly string[]): unknown {
  if (names.length === 0) return variables
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)))
}

function timeoutText(timeout: number, host: string, port: number): string {
  return `Time out between gateway and broker: Request command-api-1 to ${host}:${port} timed out in PT${timeout / 1000}S`
}
