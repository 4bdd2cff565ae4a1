import { isObject, type JsonObject } from '../json/json.ts'

/**
 * Whether the value surely fits the JSON Schema (2020-12), as Ajv would say, without compiling it first: Ajv takes milliseconds for
 * that in a process that has just started, which may have nothing else to do. What is not sure, as with a keyword that is not known
 * here, is for Ajv to say.
 */
export function surelyFits(value: unknown, schema: Readonly<JsonObject>): boolean {
  for (const keyword in schema) {
    if (!keywords.get(keyword)?.(value, schema[keyword] as never, schema)) return false
  }
  return true
}

/** Whether the value surely does what the keyword asks for; one that is of another type than the keyword is about always does. */
type Keyword = (value: unknown, asked: never, schema: Readonly<JsonObject>) => boolean

const keywords = new Map<string, Keyword>(
  Object.entries({
    description: () => true,
    type: (value, types: string | readonly string[]) =>
      typeof types === 'string' ? isOfType(value, types) : types.some((type) => isOfType(value, type)),
    enum: (value, values: readonly unknown[]) => values.includes(value),
    minimum: (value, least: number) => typeof value !== 'number' || value >= least,
    maximum: (value, most: number) => typeof value !== 'number' || value <= most,
    pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
    minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
    maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
    uniqueItems: (value) => !Array.isArray(value) || areSurelyUnique(value),
    items: (value, schema: JsonObject) => !Array.isArray(value) || [...value].every((item) => surelyFits(item, schema)),
    minProperties: (value, least: number) => !isObject(value) || Object.keys(value).length >= least,
    required: (value, keys: readonly string[]) => !isObject(value) || keys.every((key) => value[key] !== undefined),
    properties: (value, schemas: Record<string, JsonObject>) => !isObject(value) || haveFitting(value, schemas),
    additionalProperties: (value, others: false | JsonObject, { properties = {} }) =>
      !isObject(value) || haveOnly(value, properties as object, others),
  } satisfies Record<string, Keyword>),
)

function isOfType(value: unknown, type: string): boolean {
  if (type === 'object') return isObject(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return (type === 'string' || type === 'boolean') && typeof value === type
}

function areSurelyUnique(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length && list.every((item) => typeof item !== 'object')
}

function haveFitting(value: JsonObject, schemas: Readonly<Record<string, JsonObject>>): boolean {
  for (const key in schemas) if (value[key] !== undefined && !surelyFits(value[key], schemas[key]!)) return false
  return true
}

function haveOnly(value: JsonObject, known: object, others: false | JsonObject): boolean {
  for (const key in value)
    if (!Object.hasOwn(known, key) && (others === false || !surelyFits(value[key], others))) return false
  return true
}
