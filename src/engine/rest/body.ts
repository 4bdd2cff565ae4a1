import { readJson } from '../../readJson.ts'
import type { Variables } from '../command.ts'
import { deepest, isDeep } from '../gateway/document.ts'
import type { Referenced } from '../gateway/operationReference.ts'
import { invalid, Problem, unreadable } from './problem.ts'

/** Bytes of a request, as over gRPC. */
export const largestRequest = 4 * 1024 * 1024

/** A request's JSON object, or one within it. */
export type Body = Readonly<Record<string, unknown>>

/** What a request brings; undefined where nothing was sent. */
export interface Sent {
  Body: Body | undefined
}

/** Reads what a request brings, once: no integer in it is rounded, and it is not too deep for what goes through it. Throws Problem. */
export function readBody(text: string): Body | undefined {
  if (text.trim() === '') return undefined
  const body = parsed(text)
  if (isDeep(body)) throw invalid(`The request is nested deeper than ${deepest} levels`)
  return objectOf(body)
}

function parsed(text: string): unknown {
  try {
    return readJson(text, refuseRounded)
  } catch (error) {
    throw error instanceof Problem ? error : unreadable()
  }
}

function refuseRounded(source: string, name: string): never {
  throw invalid(
    `The number ${source} of '${name}' would be kept as ${JSON.stringify(Number(source))}; send it as a string`,
  )
}

/** What has to be sent. */
export function required(body: Body | undefined): Body {
  if (body === undefined) throw new Problem(400, 'Bad Request', 'Required request body is missing')
  return body
}

/** Undefined where it is absent or null; so are the others'. */
export function objectOf(value: unknown): Body | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw unreadable()
  return value as Body
}

/** The text of that name, which has to be sent and more than blanks. */
export function requiredText(body: Body, name: string): string {
  const text = textOf(body[name]) ?? ''
  if (text.trim() === '') throw invalid(`No ${name} provided`)
  return text
}

/** Empty where it is absent or null. */
export function objectsOf(value: unknown): readonly Body[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object' && item !== null)) throw unreadable()
  return value
}

/** None where they are absent or null. */
export function variablesOf(value: unknown): Variables {
  return objectOf(value) ?? {}
}

/** Numbers and truth values are taken for texts, as the real gateway takes them. */
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

/** A truth value, or its text. */
export function truthOf(value: unknown): boolean | undefined {
  const text = textOf(value)
  if (text === undefined) return undefined
  if (text !== 'true' && text !== 'false') throw unreadable()
  return text === 'true'
}

/** A number of 32 bits, or its text; a fraction is cut. */
export function intOf(value: unknown): number | undefined {
  return integerOf(value, 2 ** 31 - 1)
}

/** The same of 64 bits, as far as a double holds them. */
export function longOf(value: unknown): number | undefined {
  return integerOf(value, Number.MAX_SAFE_INTEGER)
}

function integerOf(value: unknown, most: number): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(Math.abs(number) <= most)) throw unreadable()
  return Math.trunc(number)
}

/** The client's own number for what it asks, as the gateway's calls take it. */
export function referenceIn(body: Body = {}): Referenced {
  const operationReference = longOf(body.operationReference)
  if (operationReference === undefined) return { operationReference: 0 }
  if (operationReference < 1)
    throw invalid(`The value for operationReference is '${operationReference}' but must be > 0`)
  return { operationReference, _operationReference: 'operationReference' }
}
