import { CommitbaseError, messageOf } from '../../errors.ts'
import { readJson } from '../../readJson.ts'
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
  copyJson(value, what)
}

/** Checks the value, and gives a copy that is what it would be had it gone through text: -0 becomes 0. Throws `invalid`. */
export function copyJson<T>(value: T, what: string): T {
  return copyValue(value, what, []) as T
}

/**
 * What the value is as JSON, copied: what is none as it stands may become some, such as a date. `replacer` as `JSON.stringify`
 * takes it; what has no text is `undefined`. Throws as `JSON.stringify` does.
 */
export function asJson<T>(value: T, replacer?: (key: string, value: unknown) => unknown): T | undefined {
  try {
    return copyJson(value, 'the value')
  } catch {
    const text = JSON.stringify(value, replacer)
    return text === undefined ? undefined : (readJson(text) as T)
  }
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
    return strictDecoder.decode(bytes)
  } catch (error) {
    throw new CommitbaseError('invalid', `${what} is not UTF-8: ${firstBadByte(bytes)}; save it as UTF-8`, {
      cause: error,
    })
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true })

function firstBadByte(bytes: Uint8Array): string {
  const replaced = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const at = replaced.findIndex((byte, index) => byte !== bytes[index])
  return `byte ${at} is 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
}

function parse(text: string, what: string): unknown {
  try {
    return readJson(text)
  } catch (error) {
    const came = text.trim() === '' ? 'nothing' : shorten(text)
    throw new CommitbaseError('invalid', `${what} is not JSON: ${messageOf(error)}; got ${came}`, { cause: error })
  }
}

/** `way`: the keys that lead to the value. */
function copyValue(value: unknown, what: string, way: (string | number)[]): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'object' && way.length >= deepest) refuse(what, way, `more than ${deepest} levels deep`)
  if (typeof value === 'string') return checkText(value, what, way)
  if (typeof value === 'number') return checkNumber(value, what, way)
  if (Array.isArray(value)) return copyList(value, what, way)
  if (isPlain(value)) return copyObject(value, what, way)
  return refuse(what, way, `only JSON values can be stored; got ${kindOf(value)}`)
}

function checkText(value: string, what: string, way: Way): string {
  if (value.isWellFormed()) return value
  return refuse(what, way, `a text must be well-formed Unicode; got a lone surrogate in ${shown(value)}`)
}

function checkNumber(value: number, what: string, way: Way): number {
  if (Number.isFinite(value)) return value + 0
  return refuse(what, way, `a number must be finite; got ${value}`)
}

function copyList(list: readonly unknown[], what: string, way: (string | number)[]): unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < list.length; index++) {
    way.push(index)
    copy.push(copyValue(list[index], what, way))
    way.pop()
  }
  return copy
}

function copyObject(object: JsonObject, what: string, way: (string | number)[]): JsonObject {
  if (Object.getOwnPropertySymbols(object).length > 0) refuse(what, way, 'a key must be a text; got a symbol')
  const copy: JsonObject = {}
  for (const key of Object.keys(object)) {
    if (key === '__proto__') refuse(what, way, "the key '__proto__' is not allowed")
    checkText(key, what, way)
    way.push(key)
    copy[key] = copyValue(object[key], what, way)
    way.pop()
  }
  return copy
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

type Way = readonly (string | number)[]

function refuse(what: string, way: Way | string, problem: string): never {
  const where = typeof way === 'string' ? way : way.reduce<string>(pointerBelow, '')
  throw new CommitbaseError('invalid', `${what}${where === '' ? '' : ` at ${where}`}: ${problem}`)
}
