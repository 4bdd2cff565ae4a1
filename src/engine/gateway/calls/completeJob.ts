import type { Key, Variables } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'

interface CompleteJobRequest {
  jobKey: Key
  variables: string | Variables
}

export const completeJob: UnaryCall<CompleteJobRequest, object> = async (request, { runtime }) => {
  const variables = documentOf(request.variables)
  await runtime.execute({ type: 'CompleteJob', jobKey: request.jobKey, variables })
  return {}
}
