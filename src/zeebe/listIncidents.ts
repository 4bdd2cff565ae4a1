import { status } from '@grpc/grpc-js'
import { CommitbaseError } from '../errors.ts'
import { engineError, grpcCodeOf } from './call.ts'
import type { Engine } from './connect.ts'
import { callOperator } from './operator.ts'

export interface Incident {
  readonly key: string
  /** As Zeebe names it: JOB_NO_RETRIES, IO_MAPPING_ERROR, … */
  readonly type: string
  readonly message: string
  readonly bpmnProcessId: string
  readonly processInstanceKey: string
  readonly elementId: string
  /** The job whose retries are used up, where it is one. */
  readonly jobKey?: string
}

/**
 * The open incidents of our embedded engine, oldest first; of one instance where its key is given. Throws `invalid` on another
 * engine: the gateway protocol has no such call.
 */
export async function listIncidents(engine: Engine, processInstanceKey = '0'): Promise<Incident[]> {
  if (engine.takesTokens) throw noSuchCall(engine)
  try {
    const { incidents } = await callOperator(engine, 'ListIncidents', { processInstanceKey })
    return (incidents as Record<string, unknown>[]).map(incidentFrom)
  } catch (error) {
    if (grpcCodeOf(error) === status.UNIMPLEMENTED) throw noSuchCall(engine, error)
    throw engineError(engine, 'ListIncidents', error)
  }
}

function incidentFrom(wire: Record<string, unknown>): Incident {
  const jobKey = String(wire.jobKey ?? '0')
  return {
    key: String(wire.key),
    type: String(wire.type),
    message: String(wire.message),
    bpmnProcessId: String(wire.bpmnProcessId),
    processInstanceKey: String(wire.processInstanceKey),
    elementId: String(wire.elementId),
    ...(jobKey === '0' ? {} : { jobKey }),
  }
}

function noSuchCall(engine: Engine, cause?: unknown): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `the engine at ${engine.address} is not Commitbase's own, and the gateway protocol has no call that lists incidents: look into Camunda's Operate, and resolve one by its key`,
    { cause },
  )
}
