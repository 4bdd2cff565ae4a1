import type { Variables } from '../command.ts'
import { parseDocument } from '../gateway/document.ts'
import { Problem, unreadable } from './problem.ts'

/** A request's JSON object. Undefined where nothing was sent. Throws Problem. */
export function bodyOf(sent: unknown): Record<string, unknown> | undefined {
  if (typeof sent !== 'string' || sent.trim() === '') return undefined
  let body: unknown
  try {
    body = JSON.parse(sent)
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

/** The key in a request's path. */
export function keyOf(text: string): number {
  if (/^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return Number(text)
  throw new Problem(400, 'Bad Request', `Failed to convert 'userTaskKey' with value: '${text}'`)
}
