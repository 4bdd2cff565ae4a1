import type { Budget } from '../budget.ts'
import { Decimal, type FeelNumber } from './decimal.ts'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelLocalDateTime,
  FeelLocalTime,
  FeelTime,
  type Temporals,
  YearsMonthsDuration,
} from './temporal.ts'

/** A value of FEEL, or of JSON, which is one. */
export type FeelValue =
  | null
  | boolean
  | string
  | FeelNumber
  | Temporals
  | readonly FeelValue[]
  | FeelContext
  | FeelRange
  | FeelFunction
  | FeelError

export interface FeelContext {
  readonly [name: string]: FeelValue
}

/** `[1..5)`, where it is handed to a function. */
export class FeelRange {
  readonly start: Boundary
  readonly end: Boundary

  constructor(start: Boundary, end: Boundary) {
    this.start = start
    this.end = end
  }
}

export interface Boundary {
  readonly value: FeelValue
  readonly isClosed: boolean
}

/** A function of an expression, a built-in one, or one that a caller brings along. */
export class FeelFunction {
  readonly parameters: readonly string[]
  /** Takes the rest of the arguments as the list that is its last parameter. */
  readonly takesMore: boolean
  readonly invoke: (values: readonly FeelValue[], surroundings: Surroundings) => FeelValue | undefined

  /** `invoke` answers undefined where these values are not what it takes. */
  constructor(parameters: readonly string[], invoke: FeelFunction['invoke'], takesMore = false) {
    this.parameters = parameters
    this.invoke = invoke
    this.takesMore = takesMore
  }
}

/** What has no value. It becomes null, with a warning, in most places that it comes to, and the failure of the whole in the others. */
export class FeelError {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** The whole evaluation ends, without a value. */
export class EvaluationFailed extends Error {}

/** What an evaluation brings along: the only clock and the only chance there are, where warnings go, and what it may still do. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** 32 hexadecimal digits, other ones at each call. */
  readonly unique?: (() => string) | undefined
  readonly budget: Budget
  warn(type: WarningType, message: string): void
}

export type WarningType =
  | 'NO_VARIABLE_FOUND'
  | 'NO_CONTEXT_ENTRY_FOUND'
  | 'NO_PROPERTY_FOUND'
  | 'NO_FUNCTION_FOUND'
  | 'FUNCTION_INVOCATION_FAILURE'
  | 'INVALID_TYPE'
  | 'NOT_COMPARABLE'
  | 'ASSERT_FAILURE'

/** Null, and a warning that says why. */
export function nothing(surroundings: Surroundings, type: WarningType, message: string): null {
  surroundings.budget.spend(stepsOfWarning + message.length / 4)
  surroundings.warn(type, message)
  return null
}

/** An error, and a warning that says why. */
export function failed(surroundings: Surroundings, type: WarningType, message: string): FeelError {
  nothing(surroundings, type, message)
  return new FeelError(message)
}

/** Beside the values that it quotes. */
const stepsOfWarning = 20

export function isList(value: FeelValue): value is readonly FeelValue[] {
  return Array.isArray(value)
}

/** Not null, a list, or a value of one of the classes. */
export function isContext(value: FeelValue): value is FeelContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The entries that are not functions: those can be called only. */
export function entriesOf(context: FeelContext): [string, FeelValue][] {
  return Object.entries(context).filter(([, value]) => !(value instanceof FeelFunction))
}

/** Undefined where there is none of that name. */
export function entryOf(context: FeelContext, name: string): FeelValue | undefined {
  if (!Object.hasOwn(context, name)) return undefined
  const value = context[name]
  return value instanceof FeelFunction ? undefined : value
}

/** FEEL's name of a value's type. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return 'list'
  return classNames.find(([kind]) => value instanceof kind)?.[1] ?? 'context'
}

type Class = abstract new (...values: never[]) => unknown

const classNames: [kind: Class, name: string][] = [
  [Decimal, 'number'],
  [FeelDate, 'date'],
  [FeelLocalTime, 'time'],
  [FeelTime, 'time'],
  [FeelLocalDateTime, 'date and time'],
  [FeelDateTime, 'date and time'],
  [YearsMonthsDuration, 'years and months duration'],
  [DaysTimeDuration, 'days and time duration'],
  [FeelRange, 'range'],
  [FeelFunction, 'function'],
  [FeelError, 'error'],
]
