import type { Key } from '../../command.ts'
import type { UnaryCall } from '../context.ts'
import { type Referenced, referenceOf } from '../operationReference.ts'

interface DeleteResourceRequest extends Referenced {
  resourceKey: Key
}

export const deleteResource: UnaryCall<DeleteResourceRequest, object> = async (request, { runtime }) => {
  const { resourceKey } = request
  await runtime.execute({ type: 'DeleteResource', resourceKey, ...referenceOf(request) })
  return {}
}
