import { readJson } from '../readJson.ts'

/** A job that this worker has until its deadline. Keys are decimal texts: they exceed what a JavaScript number holds exactly. */
export interface Job {
  readonly key: string
  readonly type: string
  readonly processInstanceKey: string
  readonly bpmnProcessId: string
  readonly processDefinitionVersion: number
  readonly processDefinitionKey: string
  readonly elementId: string
  readonly elementInstanceKey: string
  readonly customHeaders: Readonly<Record<string, string>>
  readonly worker: string
  /** Attempts left, this one included. */
  readonly retries: number
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly variables: Readonly<Record<string, unknown>>
}

/** What a worker makes of a job. */
export type Outcome =
  | { readonly type: 'complete'; readonly variables?: Variables }
  /** `retries` that are left (one less than the job had unless given; 0 raises an incident); `backOff` in milliseconds. */
  | {
      readonly type: 'fail'
      readonly message: string
      readonly retries?: number
      readonly backOff?: number
      readonly variables?: Variables
    }
  /** A BPMN error: a boundary event or an event subprocess catches it by its code. */
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly variables?: Variables }
  /** Nothing: somebody else completes the job by its key. */
  | { readonly type: 'leave' }

export type Variables = Readonly<Record<string, unknown>>

/** A job as the gateway sends it: JSON texts parsed, numbers made of texts. */
export function jobFrom(wire: Record<string, unknown>): Job {
  return {
    key: String(wire.key),
    type: String(wire.type),
    processInstanceKey: String(wire.processInstanceKey),
    bpmnProcessId: String(wire.bpmnProcessId),
    processDefinitionVersion: Number(wire.processDefinitionVersion),
    processDefinitionKey: String(wire.processDefinitionKey),
    elementId: String(wire.elementId),
    elementInstanceKey: String(wire.elementInstanceKey),
    customHeaders: parseObject(wire.customHeaders) as Record<string, string>,
    worker: String(wire.worker),
    retries: Number(wire.retries),
    deadline: Number(wire.deadline),
    variables: parseObject(wire.variables),
  }
}

/** A JSON object's text; an empty one is an empty object. Throws `SyntaxError` where it is no JSON. */
export function parseObject(text: unknown): Record<string, unknown> {
  const value: unknown = typeof text === 'string' && text !== '' ? readJson(text) : {}
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
