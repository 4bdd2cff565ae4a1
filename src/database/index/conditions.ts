import { isObject, type JsonObject } from '../json/json.ts'
import {
  absent,
  beginningWith,
  fromValue,
  isOdd,
  type KeyRange,
  pointOf,
  present,
  typeRange,
  upToValue,
} from './encodeKey.ts'

/** Where one of a record's values at the path must lie for the record to match. */
export interface Condition {
  readonly path: string
  readonly ranges: readonly KeyRange[]
  /** Whether each range is the key of one value. */
  readonly isPoints: boolean
}

/** What a query asks for: all of the conditions, and of each list of alternatives one. */
export interface Asked {
  readonly conditions: readonly Condition[]
  readonly alternatives: readonly (readonly Asked[])[]
}

/**
 * The conditions that a record must fulfil to match the query: all that is sure, and nothing else. Nothing where an operator
 * may throw or answer differently from record to record in their order (`$in` or `$mod` without a list, a regular expression with a
 * memory), since then each record must be asked.
 */
export function conditionsOf(query: JsonObject): Asked | undefined {
  return !isOdd(query) && isCalm(query) ? asked(query) : undefined
}

function asked(query: JsonObject): Asked {
  const conditions: Condition[] = []
  const alternatives: (readonly Asked[])[] = []
  for (const [key, value] of Object.entries(query)) {
    if (key === '$or') alternatives.push((value as JsonObject[]).map(asked))
    else if (key === '$and') {
      for (const part of (value as JsonObject[]).map(asked)) {
        conditions.push(...part.conditions)
        alternatives.push(...part.alternatives)
      }
    } else if (!key.startsWith('$')) conditions.push(...conditionsOn(key, value))
  }
  return { conditions, alternatives }
}

/** mingo's `normalize`: a value is `$eq`, unless one of its keys is an operator. */
function conditionsOn(path: string, value: unknown): Condition[] {
  const operators = isObject(value) && Object.keys(value).some(isOperator) ? value : { $eq: value }
  return Object.entries(operators).flatMap(([operator, operand]) => conditionOf(path, operator, operand) ?? [])
}

function conditionOf(path: string, operator: string, operand: unknown): Condition | Condition[] | undefined {
  switch (operator) {
    case '$eq':
      return points(path, [operand])
    case '$in':
      return points(path, operand as unknown[])
    case '$all':
      return allOf(path, operand)
    case '$elemMatch':
      return memberMatches(path, operand)
    default: {
      const range = rangeOf(path, operator, operand)
      return range && { path, ranges: [range], isPoints: false }
    }
  }
}

function points(path: string, values: readonly unknown[]): Condition {
  return { path, ranges: values.map(pointOf), isPoints: true }
}

/** Each of the values is a member; what `$elemMatch` asks in their place is not looked into. */
function allOf(path: string, operand: unknown): Condition[] {
  if (!Array.isArray(operand)) return []
  const members = operand.filter((value) => !(isObject(value) && Object.keys(value)[0] === '$elemMatch'))
  return members.map((member) => points(path, [member]))
}

/** A member fulfils all of the operators. What is asked of a member's own fields is not looked into: lists in lists answer it in another way. */
function memberMatches(path: string, operand: unknown): Condition[] {
  const entries = Object.entries(operand as JsonObject)
  if (!entries.every(([operator]) => memberOperators.has(operator))) return []
  return entries.flatMap(([operator, value]) => conditionOf(path, operator, value) ?? [])
}

const memberOperators: ReadonlySet<string> = new Set(['$eq', '$in', '$gt', '$gte', '$lt', '$lte'])

function rangeOf(path: string, operator: string, operand: unknown): KeyRange | undefined {
  switch (operator) {
    case '$gt':
    case '$gte':
      return fromValue(operand)
    case '$lt':
    case '$lte':
      return upToValue(operand)
    case '$size':
      return typeRange([])
    case '$exists':
      // Below a path with dots mingo asks in another way than it resolves.
      return path.includes('.') ? undefined : operand ? present : absent
    case '$type':
      return typeof operand === 'string' && Object.hasOwn(examples, operand) ? typeRange(examples[operand]) : undefined
    case '$regex':
      return typeof operand === 'string' ? textsLike(operand) : undefined
    default:
      return undefined
  }
}

const examples: Readonly<Record<string, unknown>> = {
  number: 0,
  int: 0,
  long: 0,
  double: 0,
  decimal: 0,
  string: '',
  object: {},
  array: [],
  bool: true,
  boolean: true,
  null: null,
}

/** Texts, and where the pattern begins with plain characters at the text's start only those that do. The flags are not known here: see `isCalm`. */
function textsLike(pattern: string): KeyRange {
  const [, plain = '', next = ''] = /^\^([A-Za-z0-9 _-]*)(.?)/s.exec(pattern) ?? []
  // The last character may be one that need not be there.
  const sure = '?*{'.includes(next || '.') ? plain.slice(0, -1) : plain
  return sure === '' || pattern.includes('|') ? typeRange('') : beginningWith(sure)
}

function isOperator(key: string): boolean {
  return /^\$[a-zA-Z0-9_]+$/.test(key)
}

/** Whether every operator in the query answers each record for itself, and never throws. */
export function isCalm(query: JsonObject): boolean {
  return Object.entries(query).every(([key, value]) => {
    if (key === '$and' || key === '$or' || key === '$nor')
      return Array.isArray(value) && value.every((part) => isObject(part) && isCalm(part))
    return !key.startsWith('$') && !key.includes('__proto__') && isCalmOn(value)
  })
}

function isCalmOn(value: unknown): boolean {
  if (!isObject(value) || !Object.keys(value).some(isOperator)) return true
  return Object.entries(value).every(([operator, operand]) => {
    if (operator === '$in' || operator === '$nin') return Array.isArray(operand)
    if (operator === '$not') return isCalmOn(operand)
    if (operator === '$elemMatch') return isObject(operand) && isCalmOnMember(operand)
    if (operator === '$type') return typeof operand === 'string' && Object.hasOwn(examples, operand)
    if (operator === '$all') return Array.isArray(operand) && !operand.some((part) => isObject(part))
    if (operator === '$regex') return typeof operand === 'string' && value.$options === undefined
    return calm.has(operator)
  })
}

function isCalmOnMember(operand: JsonObject): boolean {
  return Object.keys(operand).every((key) => isOperator(key) && !logical.has(key)) ? isCalmOn(operand) : isCalm(operand)
}

const logical: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])

const calm: ReadonlySet<string> = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$exists', '$size'])
