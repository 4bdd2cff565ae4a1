import type { Key, Variables } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface SetVariablesRequest extends Referenced {
  elementInstanceKey: Key
  variables: string | Variables
  local: boolean
}

export const setVariables: UnaryCall<SetVariablesRequest, { key: Key }> = async (request, { runtime }) => {
  const { elementInstanceKey, local } = request
  const variables = documentOf(request.variables)
  const command = { type: 'SetVariables', elementInstanceKey, variables, local, ...referenceOf(request) } as const
  const { key } = await runtime.execute(command)
  return { key }
}
