import { readJson } from '../../readJson.ts'
import type { Variables } from '../command.ts'
import { Status } from './status.ts'

/** A request's variables: text over gRPC; what the REST API brings, it has read and checked. */
export function documentOf(variables: string | Variables): Variables {
  return typeof variables === 'string' ? parseDocument(variables) : variables
}

/**
 * A request's variables: JSON text whose root is an object. As on Zeebe, nothing, blanks and `null` are no variables.
 * An integer that a double cannot hold is refused, not rounded.
 */
function parseDocument(text: string): Variables {
  if (text.trim() === '') return {}
  const value = parse(text)
  if (value === null) return {}
  refuseDeep(value)
  if (typeof value === 'object' && !Array.isArray(value)) return value as Variables
  const message = `Property 'variables' is invalid: Expected document to be a root level object, but was '${kindOf(value)}'`
  throw new Status('INVALID_ARGUMENT', message)
}

/** Variables that are no text, as they are taken when they come as one. */
export function asDocument(variables: unknown): Variables {
  if (isPlain(variables) && isOrdinary(variables, 0)) return variables
  refuseDeep(variables)
  return parseDocument(JSON.stringify(variables) ?? '')
}

/**
 * Whether a text would bring it just so, and nothing is in it that may be refused: a number of many digits, or many levels. Most is
 * so, and need not become a text to be looked at.
 */
function isOrdinary(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return Math.abs(value) < 1e15
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (levels === ordinaryLevels) return false
  if (Array.isArray(value)) return value.every((item) => isOrdinary(item, levels + 1))
  if (!isPlain(value)) return false
  for (const name in value) if (!isOrdinary(value[name], levels + 1)) return false
  return true
}

const ordinaryLevels = 100

function isPlain(value: unknown): value is Variables {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** What goes through a value calls itself for each level; a deeper one would end the engine's stack. */
export const deepest = 1000

export function isDeep(value: unknown): boolean {
  return depthOf(value) > deepest
}

function refuseDeep(value: unknown): void {
  if (!isDeep(value)) return
  throw new Status('INVALID_ARGUMENT', `Property 'variables' is invalid: it is nested deeper than ${deepest} levels`)
}

/** Levels of objects and lists, counted level by level: this must not call itself. */
function depthOf(value: unknown): number {
  let level = [value]
  for (let depth = 0; ; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
    if (level.length === 0 || depth > deepest) return depth
  }
}

function parse(text: string): unknown {
  try {
    return readJson(text.includes("'") ? doubleQuoted(text) : text, refuseRounded)
  } catch (error) {
    if (error instanceof Status) throw error
    throw new Status('INVALID_ARGUMENT', `Invalid JSON value: ${text}\n${(error as Error).message}`, { cause: error })
  }
}

/** The real engine's parser takes texts in single quotes too. A text without an end is left to the parser. */
function doubleQuoted(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"?|'((?:[^'\\]|\\.)*)'?/gs, (whole, inside?: string) =>
    inside === undefined || !whole.endsWith("'") ? whole : `"${inside.replace(/\\.|"/gs, requoted)}"`,
  )
}

function requoted(character: string): string {
  if (character === '"') return '\\"'
  return character === "\\'" ? "'" : character
}

function refuseRounded(source: string, name: string): never {
  const kept = JSON.stringify(Number(source))
  const message = `Property 'variables' is invalid: the number ${source} of '${name}' would be kept as ${kept}; send it as a string`
  throw new Status('INVALID_ARGUMENT', message)
}

/** As MessagePack names it. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'ARRAY'
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT'
  return (typeof value).toUpperCase()
}
