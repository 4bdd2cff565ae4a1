import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface UpdateJobTimeoutRequest extends Referenced {
  jobKey: Key
  timeout: number
}

export const updateJobTimeout: UnaryCall<UpdateJobTimeoutRequest, object> = async (request, { runtime }) => {
  const { jobKey, timeout } = request
  await runtime.execute({ type: 'UpdateJobTimeout', jobKey, timeout, ...referenceOf(request) })
  return {}
}
