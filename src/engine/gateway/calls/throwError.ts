import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'

interface ThrowErrorRequest {
  jobKey: Key
  errorCode: string
  errorMessage: string
  variables: string
}

export const throwError: UnaryCall<ThrowErrorRequest, object> = async (request, { runtime }) => {
  const { jobKey, errorCode, errorMessage } = request
  const variables = parseDocument(request.variables)
  await runtime.execute({ type: 'ThrowError', jobKey, errorCode, errorMessage, variables })
  return {}
}
