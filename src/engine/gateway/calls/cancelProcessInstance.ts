import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'

interface CancelProcessInstanceRequest {
  processInstanceKey: Key
}

export const cancelProcessInstance: UnaryCall<CancelProcessInstanceRequest, object> = async (request, { runtime }) => {
  await runtime.execute({ type: 'CancelProcessInstance', processInstanceKey: request.processInstanceKey })
  return {}
}
