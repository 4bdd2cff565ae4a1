import { evaluate, FeelDate, type FeelDateTime, isFunction, parseDateTime } from 'feelin'
import { dialect } from './expression.ts'
import { toJson } from './json.ts'

type FeelCallable = ((...values: never[]) => unknown) & { $args?: string[] }

/** Thrown by `assert`: the whole evaluation fails, as in Camunda's FEEL. */
export class AssertionFailure extends Error {}

/** The function of this name: ours before feelin's. `now` (milliseconds since the epoch) is the only clock there is. */
export function functionNamed(name: string, now: number): FeelCallable | undefined {
  if (name === 'now') return named([], () => instant(now))
  if (name === 'today') return named([], () => today(now))
  return ours[name] ?? builtin(name)
}

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
  assert: named(['value', 'condition', 'cause'], (value: unknown, condition: unknown, cause?: unknown) => {
    if (condition !== true)
      throw new AssertionFailure(typeof cause === 'string' ? cause : 'The condition is not fulfilled')
    return value
  }),
  'get or else': named(['value', 'default'], (value: unknown, otherwise: unknown) => value ?? otherwise),
  'is defined': named(['value'], (value: unknown) => value !== null && value !== undefined),
  'is empty': named(['list'], (list: unknown) => (Array.isArray(list) ? list.length === 0 : null)),
  'is blank': named(['string'], (text: unknown) => (typeof text === 'string' ? text.trim() === '' : null)),
  trim: named(['string'], (text: unknown) => (typeof text === 'string' ? text.trim() : null)),
  'to json': named(['value'], (value: unknown) => JSON.stringify(toJson(value))),
  'from json': named(['value'], (text: unknown) => fromJson(text)),
  'to base64': named(['value'], (text: unknown) => (typeof text === 'string' ? base64(text) : null)),
  'duplicate values': named(['list'], (list: unknown) => duplicates(list)),
  partition: named(['list', 'size'], (list: unknown, size: unknown) => partition(list, size)),
  'last day of month': named(['date'], (date: unknown) => lastDayOfMonth(date)),
  extract: named(['string', 'pattern'], (text: unknown, pattern: unknown) =>
    typeof text === 'string' && typeof pattern === 'string'
      ? [...text.matchAll(new RegExp(pattern, 'gu'))].map(([match]) => match)
      : null,
  ),
}

function fromJson(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function duplicates(list: unknown): unknown {
  if (!Array.isArray(list)) return null
  const seen = list.map((value) => JSON.stringify(toJson(value)))
  return list.filter((_, index) => seen.indexOf(seen[index]!) === index && seen.lastIndexOf(seen[index]!) !== index)
}

function partition(list: unknown, size: unknown): unknown {
  if (!Array.isArray(list) || typeof size !== 'number' || size < 1) return null
  const parts = Math.ceil(list.length / Math.floor(size))
  return Array.from({ length: parts }, (_, index) => list.slice(index * size, (index + 1) * size))
}

function lastDayOfMonth(date: unknown): FeelDate | null {
  if (!(date instanceof FeelDate)) return null
  const plain = date.unwrap()
  return new FeelDate(plain.with({ day: plain.daysInMonth }))
}
