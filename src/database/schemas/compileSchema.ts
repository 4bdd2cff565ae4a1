import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject } from '../json/json.ts'

/**
 * Compiles a JSON Schema (2020-12) of ours. It is not checked against the schema of schemas, as what people write is: Ajv takes
 * 100 ms to get ready for that, each time again, and a test has done it.
 */
export function compileSchema(schema: Readonly<JsonObject>, options: Options = {}): ValidateFunction {
  return new Ajv2020({ ...options, meta: false, validateSchema: false }).compile(schema)
}
