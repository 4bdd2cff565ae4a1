import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'

interface CompleteJobRequest {
  jobKey: Key
  variables: string
}

export const completeJob: UnaryCall<CompleteJobRequest, object> = async (request, { runtime }) => {
  const variables = parseDocument(request.variables)
  await runtime.execute({ type: 'CompleteJob', jobKey: request.jobKey, variables })
  return {}
}
