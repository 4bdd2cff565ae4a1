import { evaluate, FeelDate, FeelDateTime, FeelDuration, FeelTime, isFunction, parseDateTime } from 'feelin'
import { addOrSubtract, divide, multiply, type Rounding, round } from './arithmetic.ts'
import { dialect } from './expression.ts'
import { asDecimal, checkLength, toJson, toText } from './json.ts'

type FeelCallable = ((...values: never[]) => unknown) & { $args?: string[] }

/** What an evaluation brings along: the only clock and the only chance there are, and where warnings go. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  now: number
  /** 32 hexadecimal digits, other ones at each call. */
  unique?: (() => string) | undefined
  warn(warning: string): void
  /** An assertion does not hold: the whole evaluation fails, for this reason. */
  fail(reason: string): void
}

/** The function of this name: ours before feelin's. */
export function functionNamed(name: string, surroundings: Surroundings): FeelCallable | undefined {
  const operator = operators[name]
  if (operator !== undefined) return named(['a', 'b'], (a: unknown, b: unknown) => operator(a, b, surroundings))
  return ofSurroundings[name]?.(surroundings) ?? ours[name] ?? builtin(aliases[name] ?? name)
}

const ofSurroundings: Record<string, ((surroundings: Surroundings) => FeelCallable) | undefined> = {
  now: ({ now }) => named([], () => instant(now)),
  today: ({ now }) => named([], () => today(now)),
  assert: ({ fail }) => assertion(fail),
  uuid: ({ unique }) => named([], () => (unique ? uuid(unique()) : null)),
  'random number': ({ unique }) =>
    named([], () => (unique ? Number.parseInt(unique().slice(0, 12), 16) / 2 ** 48 : null)),
}

type Operator = (a: unknown, b: unknown, surroundings: Surroundings) => unknown

/** Operators that the program calls as functions, since feelin's do otherwise or less than those of Camunda's FEEL. */
const operators: Record<string, Operator | undefined> = {
  '<': (a, b, { warn }) => compare('<', a, b, warn),
  '<=': (a, b, { warn }) => compare('<=', a, b, warn),
  '>': (a, b, { warn }) => compare('>', a, b, warn),
  '>=': (a, b, { warn }) => compare('>=', a, b, warn),
  '+': (a, b, { warn }) => addOrSubtract('+', a, b, warn),
  '-': (a, b, { warn }) => addOrSubtract('-', a, b, warn),
  '*': (a, b, { warn }) => multiply(a, b, refusal(a, b, warn)),
  '/': (a, b, { warn }) => divide(a, b, refusal(a, b, warn)),
}

function refusal(a: unknown, b: unknown, warn: Surroundings['warn']) {
  return (reason: string): null => {
    warn(`[INVALID_TYPE] ${reason} '${inWarning(a)}' by '${inWarning(b)}'`)
    return null
  }
}

/** Version 4: random but for the digits that say so. */
function uuid(digits: string): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digits)!
  return `${a}-${b}-4${c}-8${d}-${e}`
}

function assertion(fail: (reason: string) => void): FeelCallable {
  return named(['value', 'condition', 'cause'], (value: unknown, condition: unknown, cause?: unknown) => {
    if (condition === true) return value
    fail(typeof cause === 'string' ? cause : 'The condition is not fulfilled')
    return null
  })
}

/** feelin finds `1 > "a"` false, and Camunda's FEEL null. */
function compare(operator: '<' | '<=' | '>' | '>=', a: unknown, b: unknown, warn: Surroundings['warn']): unknown {
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
  choose: named(['index', 'indexed', 'filtered'], (index: unknown, indexed: unknown, filtered: unknown) =>
    typeof index === 'number' ? indexed : filtered,
  ),
  'string length': named(['string'], (text: unknown) => (typeof text === 'string' ? text.length : null)),
  substring: named(['string', 'start', 'length'], (text: unknown, start: unknown, length?: unknown) =>
    substring(text, start, length),
  ),
  'string join': named(
    ['list', 'delimiter', 'prefix', 'suffix'],
    (list: unknown, delimiter?: unknown, prefix?: unknown, suffix?: unknown) => join(list, delimiter, prefix, suffix),
  ),
  'get value': named(['context', 'key'], (context: unknown, key: unknown) => valueAt(context, key)),
  'round up': rounding('round up'),
  'round down': rounding('round down'),
  'round half up': rounding('round half up'),
  'round half down': rounding('round half down'),
  decimal: rounding('decimal'),
  sum: (...values) => inDecimals('sum', values),
  mean: (...values) => inDecimals('mean', values),
  median: (...values) => inDecimals('median', values),
  product: (...values) => inDecimals('product', values),
  min: (...values) => extreme('min', values),
  max: (...values) => extreme('max', values),
  'years and months duration': named(['from', 'to'], (from: unknown, to: unknown) => wholeMonths(from, to)),
  number: (...values) => (isNoNumber(values) ? null : callBuiltin('number', values)),
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

function rounding(how: Rounding): FeelCallable {
  return named(['n', 'scale'], (value: unknown, scale: unknown) => round(how, value, scale))
}

/** What came of numbers in binary is what their digits say. */
function inDecimals(name: string, values: readonly unknown[]): unknown {
  const value = callBuiltin(name, values)
  return typeof value === 'number' ? asDecimal(value) : value
}

/** Counted as Java counts: in UTF-16. */
function substring(text: unknown, start: unknown, length: unknown): string | null {
  if (typeof text !== 'string' || typeof start !== 'number') return null
  const from = start > 0 ? Math.trunc(start) - 1 : Math.max(text.length + Math.trunc(start), 0)
  if (length === undefined || length === null) return text.slice(from)
  return typeof length === 'number' ? text.slice(from, from + Math.trunc(length)) : null
}

/** Nulls are left out. A prefix and a suffix, where there are, go around the whole. */
function join(list: unknown, delimiter: unknown = '', prefix: unknown = '', suffix: unknown = ''): string | null {
  if (!Array.isArray(list)) return null
  const parts = list.filter((part) => part !== null && part !== undefined)
  if (!parts.every((part) => typeof part === 'string')) return null
  checkLength(parts.reduce((sum, part) => sum + part.length + String(delimiter ?? '').length, 0))
  return `${prefix ?? ''}${parts.join(String(delimiter ?? ''))}${suffix ?? ''}`
}

/** `key` may be a path: a list of names. */
function valueAt(context: unknown, key: unknown): unknown {
  const path = Array.isArray(key) ? key : [key]
  let value = context
  for (const name of path) {
    if (typeof value !== 'object' || value === null || typeof name !== 'string' || !Object.hasOwn(value, name))
      return null
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** Of numbers feelin knows; strings, dates, times and durations are compared as well. */
function extreme(name: 'min' | 'max', values: readonly unknown[]): unknown {
  const list: unknown[] = values.length === 1 && Array.isArray(values[0]) ? values[0] : [...values]
  if (list.length === 0 || typeof list[0] === 'number') return callBuiltin(name, values)
  if (!list.every((value) => areComparable(value, list[0]))) return null
  const operator = name === 'min' ? '<' : '>'
  return list.reduce((best, value) => (compare(operator, value, best, () => {}) === true ? value : best))
}

/** The days that are left over are not told. */
function wholeMonths(from: unknown, to: unknown): unknown {
  const exact = callBuiltin('years and months duration', [from, to])
  if (!(exact instanceof FeelDuration)) return null
  const text = exact.toString().replace(/\d+D/, '')
  return evaluate('duration(text)', { text: text.endsWith('P') ? 'P0M' : text }, dialect).value
}

/** feelin takes blanks for 0, and reads over those at the ends. */
function isNoNumber([text, ...separators]: readonly unknown[]): boolean {
  return separators.length === 0 && typeof text === 'string' && (text === '' || text.trim() !== text)
}

function callBuiltin(name: string, values: readonly unknown[]): unknown {
  const program = `${name}(${values.map((_, index) => `v${index}`).join(', ')})`
  return evaluate(program, Object.fromEntries(values.map((value, index) => [`v${index}`, value])), dialect).value
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
