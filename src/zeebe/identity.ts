import { status } from '@grpc/grpc-js'
import { engineError, grpcCodeOf } from './call.ts'
import type { Engine } from './connect.ts'
import { callOperator } from './operator.ts'

/**
 * Who an engine is, for ids that must not collide with another engine's: the UUID that ours keeps with its state, else the id of
 * Camunda's cluster, else the address. Throws `unavailable` where nobody answers, rather than guess.
 */
export async function identityOf(engine: Engine): Promise<string> {
  if (engine.clusterId !== undefined) return engine.clusterId
  if (engine.takesTokens) return engine.address
  try {
    const { engineId } = await callOperator(engine, 'Describe', {})
    return typeof engineId === 'string' && engineId !== '' ? engineId : engine.address
  } catch (error) {
    if (grpcCodeOf(error) === status.UNIMPLEMENTED) return engine.address
    throw engineError(engine, 'Describe', error)
  }
}
