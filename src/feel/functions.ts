import { evaluate, FeelDate, FeelDateTime, FeelDuration, FeelTime, isFunction, parseDateTime } from 'feelin'
import { dialect } from './expression.ts'
import { toJson, toText } from './json.ts'

type FeelCallable = ((...values: never[]) => unknown) & { $args?: string[] }

/** What an evaluation brings along: the only clock there is (milliseconds since the epoch), and where warnings go. */
export interface Surroundings {
  now: number
  warn(warning: string): void
  /** An assertion does not hold: the whole evaluation fails, for this reason. */
  fail(reason: string): void
}

/** The function of this name: ours before feelin's. */
export function functionNamed(name: string, { now, warn, fail }: Surroundings): FeelCallable | undefined {
  if (name === 'now') return named([], () => instant(now))
  if (name === 'today') return named([], () => today(now))
  if (name === 'assert') return assertion(fail)
  if (isComparison(name)) return named(['a', 'b'], (a: unknown, b: unknown) => compare(name, a, b, warn))
  return ours[name] ?? builtin(aliases[name] ?? name)
}

function assertion(fail: (reason: string) => void): FeelCallable {
  return named(['value', 'condition', 'cause'], (value: unknown, condition: unknown, cause?: unknown) => {
    if (condition === true) return value
    fail(typeof cause === 'string' ? cause : 'The condition is not fulfilled')
    return null
  })
}

type Comparison = '<' | '<=' | '>' | '>='

/** Operators that the program calls as functions, since feelin finds `1 > "a"` false and Camunda's FEEL null. */
function isComparison(name: string): name is Comparison {
  return name === '<' || name === '<=' || name === '>' || name === '>='
}

function compare(operator: Comparison, a: unknown, b: unknown, warn: (warning: string) => void): unknown {
  if (!areComparable(a, b)) {
    warn(`[NOT_COMPARABLE] Can't compare '${inWarning(a)}' with '${inWarning(b)}'`)
    return null
  }
  return evaluate(`a ${operator} b`, { a, b }, dialect).value
}

function areComparable(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' || typeof a === 'string') return typeof a === typeof b
  return [FeelDate, FeelDateTime, FeelTime, FeelDuration].some((kind) => a instanceof kind && b instanceof kind)
}

/** A value as warnings print it. */
export function inWarning(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : (toText(value) ?? 'null')
}

/** Older names that models still use. */
const aliases: Record<string, string> = { put: 'context put' }

/** Whether the interpreter would take a variable of this name for a function where it is not set. */
export function isBuiltin(name: string): boolean {
  return builtin(name) !== undefined
}

const known = new Map<string, FeelCallable | undefined>()

function builtin(name: string): FeelCallable | undefined {
  if (!known.has(name)) known.set(name, findBuiltin(name))
  return known.get(name)
}

function findBuiltin(name: string): FeelCallable | undefined {
  if (!/^[a-z0-9 ]+$/.test(name)) return undefined
  try {
    const { value } = evaluate(name, {}, dialect)
    return typeof value === 'function' || isFunction(value) ? (value as FeelCallable) : undefined
  } catch {
    return undefined
  }
}

function named(parameters: string[], body: (...values: never[]) => unknown): FeelCallable {
  return Object.assign(body, { $args: parameters })
}

function instant(now: number): FeelDateTime | null {
  return parseDateTime(new Date(now).toISOString())
}

function today(now: number): FeelDate | null {
  const date = instant(now)
  return date && new FeelDate(date.unwrap().toPlainDate())
}

/** Camunda's functions beyond the standard's. */
const ours: Record<string, FeelCallable> = {
  'get or else': named(['value', 'default'], (value: unknown, otherwise: unknown) => value ?? otherwise),
  'is defined': named(['value'], (value: unknown) => value !== null && value !== undefined),
  'is empty': named(['list'], (list: unknown) => (Array.isArray(list) ? list.length === 0 : null)),
  'is blank': named(['string'], (text: unknown) => (typeof text === 'string' ? text.trim() === '' : null)),
  string: named(['from'], (value: unknown) => toText(value)),
  'put all': (...contexts: unknown[]) => merged(contexts),
  trim: named(['string'], (text: unknown) => (typeof text === 'string' ? text.trim() : null)),
  'to base64': named(['value'], (text: unknown) => (typeof text === 'string' ? base64(text) : null)),
  'duplicate values': named(['list'], (list: unknown) => duplicates(list)),
  'last day of month': named(['date'], (date: unknown) => lastDayOfMonth(date)),
  extract: named(['string', 'pattern'], (text: unknown, pattern: unknown) =>
    typeof text === 'string' && typeof pattern === 'string'
      ? [...text.matchAll(new RegExp(pattern, 'gu'))].map(([match]) => match)
      : null,
  ),
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function duplicates(list: unknown): unknown {
  if (!Array.isArray(list)) return null
  const seen = list.map((value) => JSON.stringify(toJson(value)))
  return list.filter((_, index) => seen.indexOf(seen[index]!) === index && seen.lastIndexOf(seen[index]!) !== index)
}

function lastDayOfMonth(date: unknown): FeelDate | null {
  if (!(date instanceof FeelDate)) return null
  const plain = date.unwrap()
  return new FeelDate(plain.with({ day: plain.daysInMonth }))
}

function merged(contexts: readonly unknown[]): unknown {
  const all = contexts.flat()
  return all.every((context) => typeof context === 'object' && context !== null) ? Object.assign({}, ...all) : null
}
