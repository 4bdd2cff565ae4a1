import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface CancelProcessInstanceRequest extends Referenced {
  processInstanceKey: Key
}

export const cancelProcessInstance: UnaryCall<CancelProcessInstanceRequest, object> = async (request, { runtime }) => {
  const { processInstanceKey } = request
  await runtime.execute({ type: 'CancelProcessInstance', processInstanceKey, ...referenceOf(request) })
  return {}
}
