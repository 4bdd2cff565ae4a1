import type { Key, Variables } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'

interface FailJobRequest {
  jobKey: Key
  retries: number
  errorMessage: string
  retryBackOff: number
  variables: string | Variables
}

export const failJob: UnaryCall<FailJobRequest, object> = async (request, { runtime }) => {
  const { jobKey, retries, errorMessage, retryBackOff } = request
  const variables = documentOf(request.variables)
  await runtime.execute({ type: 'FailJob', jobKey, retries, errorMessage, retryBackOff, variables })
  return {}
}
