import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'

interface SetVariablesRequest {
  elementInstanceKey: Key
  variables: string
  local: boolean
}

export const setVariables: UnaryCall<SetVariablesRequest, { key: Key }> = async (request, { runtime }) => {
  const { elementInstanceKey, local } = request
  const variables = parseDocument(request.variables)
  const { key } = await runtime.execute({ type: 'SetVariables', elementInstanceKey, variables, local })
  return { key }
}
