import { call } from './call.ts'
import type { Engine } from './connect.ts'
import { parseObject } from './job.ts'

export interface NewInstance {
  readonly bpmnProcessId: string
  /** The latest unless given. */
  readonly version?: number
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface ProcessInstance {
  readonly processInstanceKey: string
  readonly processDefinitionKey: string
  readonly bpmnProcessId: string
  readonly version: number
}

/** Starts an instance. Throws `not_found` where no such process is deployed. */
export async function createInstance(engine: Engine, instance: NewInstance): Promise<ProcessInstance> {
  return instanceFrom(await call(engine, 'createProcessInstanceSync', requestOf(instance)))
}

export interface NewInstanceWithResult extends NewInstance {
  /** Milliseconds to wait for the end; 60,000 unless given. */
  readonly requestTimeout?: number
  /** All unless given. */
  readonly fetchVariables?: readonly string[]
}

/** Starts an instance and waits for its end: its variables then. Throws `unavailable` when the time is over; the instance goes on. */
export async function createInstanceWithResult(
  engine: Engine,
  instance: NewInstanceWithResult,
): Promise<ProcessInstance & { readonly variables: Record<string, unknown> }> {
  const requestTimeout = instance.requestTimeout ?? 60_000
  const request = { request: requestOf(instance), requestTimeout, fetchVariables: instance.fetchVariables ?? [] }
  const response = await call(engine, 'createProcessInstanceWithResultSync', request, requestTimeout + 5_000)
  return { ...instanceFrom(response), variables: parseObject(response.variables) }
}

function requestOf({ bpmnProcessId, version = -1, variables = {} }: NewInstance): object {
  return { bpmnProcessId, version, variables: JSON.stringify(variables) }
}

function instanceFrom(response: Record<string, unknown>): ProcessInstance {
  return {
    processInstanceKey: String(response.processInstanceKey),
    processDefinitionKey: String(response.processDefinitionKey),
    bpmnProcessId: String(response.bpmnProcessId),
    version: Number(response.version),
  }
}
