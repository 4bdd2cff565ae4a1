import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface UpdateJobRetriesRequest extends Referenced {
  jobKey: Key
  retries: number
}

export const updateJobRetries: UnaryCall<UpdateJobRetriesRequest, object> = async (request, { runtime }) => {
  const { jobKey, retries } = request
  await runtime.execute({ type: 'UpdateJobRetries', jobKey, retries, ...referenceOf(request) })
  return {}
}
