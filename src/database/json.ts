import { CommitbaseError, messageOf } from '../errors.ts'
import { pointerBelow } from './jsonPointer.ts'
import { checkStructure } from './jsonStructure.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A record or a query: an object of JSON values. */
export type JsonObject = Record<string, unknown>

/** Levels of lists and objects in each other; the outermost is the first. */
const deepest = 100

/**
 * Parses JSON (RFC 8259) and refuses what could not be stored as it came: invalid UTF-8, lone surrogates, a number that does
 * not survive a round trip, a key `__proto__`, a key that occurs twice in an object, more than 100 levels. `what` names the
 * input in the error, which says where (JSON Pointer, RFC 6901) and what came. Throws `invalid`.
 */
export function parseJson(text: string | Uint8Array, what: string): unknown {
  const decoded = typeof text === 'string' ? text : decode(text, what)
  const value = parse(decoded, what)
  checkStructure(decoded, deepest, (where, problem) => refuse(what, where, problem))
  return value
}

/** The same checks for a value that never was text: only what JSON has, and all of it. Throws `invalid`. */
export function checkJson(value: unknown, what: string): asserts value is Json {
  checkValue(value, what, '', 1)
}

/** A record's bytes as they are stored: two-space JSON, keys in their order, a final newline. */
export function formatRecord(record: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(record, null, 2)}\n`)
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in a message: as JSON, shortened. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? shorten(value.toWellFormed(), "'") : shorten(textOf(value) ?? typeof value)
}

/** At most 80 characters, on one line, between quotes if any; what is longer is told with its length. */
export function shorten(text: string, quote = ''): string {
  const line = text.replace(/\s+/g, ' ')
  if (line.length <= 80) return `${quote}${line}${quote}`
  return `${quote}${line.slice(0, 60)}…${quote} (${text.length.toLocaleString('en')} characters)`
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new CommitbaseError('invalid', `${what} is not UTF-8: ${firstBadByte(bytes)}; save it as UTF-8`, {
      cause: error,
    })
  }
}

function firstBadByte(bytes: Uint8Array): string {
  const replaced = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const at = replaced.findIndex((byte, index) => byte !== bytes[index])
  return `byte ${at} is 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const came = text.trim() === '' ? 'nothing' : shorten(text)
    throw new CommitbaseError('invalid', `${what} is not JSON: ${messageOf(error)}; got ${came}`, { cause: error })
  }
}

function checkValue(value: unknown, what: string, where: string, depth: number): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'object' && depth > deepest) refuse(what, where, `more than ${deepest} levels deep`)
  if (typeof value === 'string') checkText(value, what, where)
  else if (typeof value === 'number') checkNumber(value, what, where)
  else if (Array.isArray(value)) checkList(value, what, where, depth)
  else if (isPlain(value)) checkObject(value, what, where, depth)
  else refuse(what, where, `only JSON values can be stored; got ${kindOf(value)}`)
}

function checkText(value: string, what: string, where: string): void {
  if (!value.isWellFormed())
    refuse(what, where, `a text must be well-formed Unicode; got a lone surrogate in ${shown(value)}`)
}

function checkNumber(value: number, what: string, where: string): void {
  if (!Number.isFinite(value)) refuse(what, where, `a number must be finite; got ${value}`)
}

function checkList(list: readonly unknown[], what: string, where: string, depth: number): void {
  for (let index = 0; index < list.length; index++) checkValue(list[index], what, pointerBelow(where, index), depth + 1)
}

function checkObject(object: JsonObject, what: string, where: string, depth: number): void {
  if (Object.getOwnPropertySymbols(object).length > 0) refuse(what, where, 'a key must be a text; got a symbol')
  for (const [key, value] of Object.entries(object)) {
    if (key === '__proto__') refuse(what, where, "the key '__proto__' is not allowed")
    checkText(key, what, where)
    checkValue(value, what, pointerBelow(where, key), depth + 1)
  }
}

function isPlain(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  // An object of another realm (a test's context, a worker) has another Object.prototype, which has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value
  return `a ${value.constructor?.name ?? 'object'}`
}

function refuse(what: string, where: string, problem: string): never {
  throw new CommitbaseError('invalid', `${what}${where === '' ? '' : ` at ${where}`}: ${problem}`)
}
