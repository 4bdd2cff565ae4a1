import { readJson } from '../../readJson.ts'
import type { Variables } from '../command.ts'
import { parseDocument } from '../gateway/document.ts'
import type { Referenced } from '../gateway/operationReference.ts'
import { invalid, Problem, unreadable } from './problem.ts'

/** A request's JSON object. Undefined where nothing was sent. Throws Problem. */
export function bodyOf(sent: unknown): Record<string, unknown> | undefined {
  if (typeof sent !== 'string' || sent.trim() === '') return undefined
  let body: unknown
  try {
    body = readJson(sent)
  } catch {
    throw unreadable()
  }
  if (body === null) return undefined
  if (typeof body !== 'object' || Array.isArray(body)) throw unreadable()
  return body as Record<string, unknown>
}

/** The same, where something has to be sent. */
export function requiredBodyOf(sent: unknown): Record<string, unknown> {
  const body = bodyOf(sent)
  if (body === undefined) throw new Problem(400, 'Bad Request', 'Required request body is missing')
  return body
}

/** Variables are checked as they are over gRPC: by what was sent, for numbers may have been rounded already. */
export function variablesOf(sent: unknown): Variables {
  const { variables } = bodyOf(sent) ?? {}
  if (variables === undefined || variables === null) return {}
  if (typeof variables !== 'object' || Array.isArray(variables)) throw unreadable()
  return parseDocument(String(sent)).variables as Variables
}

/** Undefined where it is absent or null; numbers and truth values are taken for texts, as the real gateway takes them. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') throw unreadable()
  return String(value)
}

export function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw unreadable()
  return value.map((item) => textOf(item) ?? '')
}

export function integerOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' ? Number(value || 'none') : value
  if (typeof number !== 'number' || Number.isNaN(number)) throw unreadable()
  return Math.trunc(number)
}

/** The key in a request's path, of the name that it has there. */
export function keyOf(text: string, name: string): number {
  if (isLong(text)) return Number(text)
  throw new Problem(400, 'Bad Request', `Failed to convert '${name}' with value: '${text}'`)
}

/** A key that is sent, as a number or a text. Undefined where it is absent or null. */
export function sentKeyOf(value: unknown): number | undefined {
  const text = textOf(value)
  if (text !== undefined && !isLong(text)) throw unreadable()
  return text === undefined ? undefined : Number(text)
}

function isLong(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** A list of objects. Empty where it is absent or null. */
export function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object' && item !== null)) throw unreadable()
  return value
}

/** Variables as the gateway's calls take them: as text. What is sent has been checked for numbers that would be rounded. */
export function documentOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'object' || Array.isArray(value)) throw unreadable()
  return JSON.stringify(value)
}

/** A request's object, or an empty one. Throws Problem, and Status for a number in it that would be rounded. */
export function checkedBodyOf(sent: unknown): Record<string, unknown> {
  const body = bodyOf(sent) ?? {}
  if (/\d{16}/.test(String(sent))) parseDocument(String(sent))
  return body
}

/** The client's own number for what it asks, as the gateway's calls take it. */
export function referenceIn(body: Record<string, unknown>): Referenced {
  const operationReference = integerOf(body.operationReference)
  if (operationReference === undefined) return { operationReference: 0 }
  if (operationReference < 1)
    throw invalid(`The value for operationReference is '${operationReference}' but must be > 0`)
  return { operationReference, _operationReference: 'operationReference' }
}
