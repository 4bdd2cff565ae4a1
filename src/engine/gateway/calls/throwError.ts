import type { Key, Variables } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'

interface ThrowErrorRequest {
  jobKey: Key
  errorCode: string
  errorMessage: string
  variables: string | Variables
}

export const throwError: UnaryCall<ThrowErrorRequest, object> = async (request, { runtime }) => {
  const { jobKey, errorCode, errorMessage } = request
  const variables = documentOf(request.variables)
  await runtime.execute({ type: 'ThrowError', jobKey, errorCode, errorMessage, variables })
  return {}
}
