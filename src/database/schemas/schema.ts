import { Ajv2020, type ErrorObject, type KeywordDefinition, str, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { isMultipleOf } from '../json/decimal.ts'
import { isObject, type JsonObject, parseJson, shown } from '../json/json.ts'
import { BoundedPattern } from './boundedPattern.ts'

/** The file beside a table's records that says what they must be: JSON Schema, 2020-12. */
export const schemaFile = '.schema.json'

/** A table's schema, ready to check records as they are stored. */
export interface RecordSchema {
  /** Where the record breaks the schema, and which rule; nothing where it keeps it. */
  problem(record: JsonObject): string | undefined
}

/** The schema of the table at that path, within the tree's `now`, where it has one. Throws `invalid`, naming the file, where the file is no schema. */
export function readSchema(tree: WorkingTree, table: Path): RecordSchema | undefined {
  const path = [...table, schemaFile]
  const file = tree.getNow(path)
  if (!file) return undefined
  const name = path.join('/')
  if (file.kind !== 'file') throw new CommitbaseError('conflict', `${name} is not a file; remove it`)
  const known = compiled.get(`${file.oid} ${name}`)
  if (known) return known
  const bytes = tree.readBlobNow(file.oid)
  const schema = compileRecordSchema(bytes, name)
  remember(`${file.oid} ${name}`, schema)
  return schema
}

/** Compiling takes milliseconds and each transaction asks; by blob id and path, the oldest forgotten first. */
const compiled = new Map<string, RecordSchema>()
const mostCompiled = 100

function remember(key: string, schema: RecordSchema): void {
  if (compiled.size >= mostCompiled) compiled.delete(compiled.keys().next().value!)
  compiled.set(key, schema)
}

/** Compiles a schema file. Throws `invalid`, naming the file, where it is none. */
function compileRecordSchema(bytes: Buffer, path: string): RecordSchema {
  const validate = compile(parseJson(bytes, path), path)
  return {
    problem: (record) => problemOf(record, validate),
  }
}

/** A pattern that takes too long is one, too, a schema that is its own part, and a rule that no number can be asked of. */
function problemOf(record: JsonObject, validate: ValidateFunction): string | undefined {
  try {
    return validate(record) ? undefined : describe(validate.errors![0]!, record)
  } catch (error) {
    if (error instanceof CommitbaseError) return error.message
    if (!(error instanceof RangeError)) throw error
    const isEndless = error.message.includes('call stack')
    return isEndless
      ? 'the schema leads from itself to itself without an end; look at its $ref'
      : `the schema cannot be asked: ${error.message}`
  }
}

/** As Ajv wants it: `code` is for schemas compiled into files, which there are none of here. */
const pattern = Object.assign((source: string, flags: string) => new BoundedPattern(source, flags), { code: '' })

/** What is inherited is no property, as `constructor`. */
const options = { strict: false, logger: false, ownProperties: true, code: { regExp: pattern } } as const

/** Ajv's own divides doubles. */
const multipleOf: KeywordDefinition = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  validate: (divisor: number, number: number) => isMultipleOf(number, divisor),
  error: { message: ({ schemaCode }) => str`must be multiple of ${schemaCode}` },
}

function compile(schema: unknown, path: string): ValidateFunction {
  if (!isObject(schema) && typeof schema !== 'boolean')
    throw new CommitbaseError('invalid', `${path} must be a JSON Schema; got ${shown(schema)}`)
  if (isObject(schema) && schema.$async)
    throw new CommitbaseError('invalid', `${path} must not be an asynchronous schema; take out $async`)
  try {
    // A schema of its own for each table: two may have the same $id.
    const ajv = new Ajv2020(options).removeKeyword('multipleOf').addKeyword(multipleOf)
    addFormats.default(ajv)
    return ajv.compile(schema)
  } catch (error) {
    throw new CommitbaseError('invalid', `${path} is not a JSON Schema (2020-12): ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function describe(
  { instancePath, message, params, schemaPath, propertyName }: ErrorObject,
  record: JsonObject,
): string {
  const surplus = params.additionalProperty ?? params.unevaluatedProperty ?? propertyName
  const extra = surplus === undefined ? '' : ` (${shown(surplus)})`
  return `${instancePath || '/'} ${message}${extra} (${schemaPath}); got ${shown(valueAt(record, instancePath))}`
}

function valueAt(record: JsonObject, pointer: string): unknown {
  const keys = pointer.split('/').slice(1)
  return keys.reduce<unknown>(
    (value, key) => (value as JsonObject)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    record,
  )
}
