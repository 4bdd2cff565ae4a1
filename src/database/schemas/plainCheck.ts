import { isObject, type JsonObject } from '../json/json.ts'

/** Whether a value certainly fits: what it says no to may fit all the same. */
export type PlainCheck = (value: unknown) => boolean

/**
 * The check of a JSON Schema (2020-12) of plain keywords, ready at once, where Ajv takes some 10 ms for its first schema in a process. It says yes
 * only where Ajv would; what it does not know, and why something does not fit, Ajv has to tell.
 */
export function plainCheck(schema: Readonly<JsonObject>): PlainCheck {
  const checks = Object.entries(schema)
    .filter(([keyword]) => keyword !== 'description')
    .map(([keyword, rule]) => keywords[keyword]?.(rule as never, schema) ?? never)
  if (checks.length === 1) return checks[0]!
  return (value) => {
    for (const check of checks) if (!check(value)) return false
    return true
  }
}

const never: PlainCheck = () => false

/** Each keyword's check, by what the schema says there; as in JSON Schema, most hold for values of one type. */
const keywords: Readonly<Record<string, (rule: never, schema: Readonly<JsonObject>) => PlainCheck>> = {
  type: (rule: string | readonly string[]) => {
    if (typeof rule === 'string') return typeChecks[rule] ?? never
    const checks = rule.map((name) => typeChecks[name] ?? never)
    return (value) => checks.some((check) => check(value))
  },
  enum: (rule: readonly unknown[]) => (value) => rule.includes(value),
  minimum: (rule: number) => (value) => typeof value !== 'number' || value >= rule,
  maximum: (rule: number) => (value) => typeof value !== 'number' || value <= rule,
  pattern: (rule: string) => {
    const pattern = new RegExp(rule, 'u')
    return (value) => typeof value !== 'string' || pattern.test(value)
  },
  minItems: (rule: number) => (value) => !Array.isArray(value) || value.length >= rule,
  maxItems: (rule: number) => (value) => !Array.isArray(value) || value.length <= rule,
  items: (rule: Readonly<JsonObject>) => {
    const check = plainCheck(rule)
    return (value) => !Array.isArray(value) || value.every(check)
  },
  minProperties: (rule: number) => (value) => !isObject(value) || Object.keys(value).length >= rule,
  required: (rule: readonly string[]) => (value) => !isObject(value) || rule.every((key) => value[key] !== undefined),
  properties: (rule: Readonly<Record<string, Readonly<JsonObject>>>) => {
    const checks = Object.entries(rule).map(([key, schema]) => [key, plainCheck(schema)] as const)
    return (value) => {
      if (!isObject(value)) return true
      for (const [key, check] of checks) if (value[key] !== undefined && !check(value[key])) return false
      return true
    }
  },
  additionalProperties: (rule: false | Readonly<JsonObject>, { properties }) => {
    const known = new Set(Object.keys(properties ?? {}))
    const check = rule ? plainCheck(rule) : never
    return (value) => {
      if (!isObject(value)) return true
      for (const key in value) if (!known.has(key) && !check(value[key])) return false
      return true
    }
  },
}

const typeChecks: Readonly<Record<string, PlainCheck>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  object: isObject,
  array: Array.isArray,
}
