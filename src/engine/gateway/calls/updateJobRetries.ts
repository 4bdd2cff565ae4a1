import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'

interface UpdateJobRetriesRequest {
  jobKey: Key
  retries: number
}

export const updateJobRetries: UnaryCall<UpdateJobRetriesRequest, object> = async (
  { jobKey, retries },
  { runtime },
) => {
  await runtime.execute({ type: 'UpdateJobRetries', jobKey, retries })
  return {}
}
