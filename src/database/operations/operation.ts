import type { ValidateFunction } from 'ajv/dist/2020.js'
import { type Code, CommitbaseError } from '../../errors.ts'
import { isObject, type JsonObject, shown } from '../json/json.ts'
import { compileSchema } from '../schemas/compileSchema.ts'
import { type PlainCheck, plainCheck } from '../schemas/plainCheck.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'

/** A JSON Schema (2020-12) of a value. */
export type Schema = Readonly<JsonObject>

/** One request to the database: its name and contract, which every door shows, and what it does. */
export interface Operation {
  readonly name: string
  /** One sentence for people. */
  readonly text: string
  /** The parameters by name, in the order in which messages list them. */
  readonly parameters: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
  readonly result: Schema
  /** The codes of the errors that it can end with, beside `invalid` for parameters of another form, and when it does. */
  readonly errors: Readonly<Partial<Record<Code, string>>>
  /** Whether it can change something: such an operation leaves a receipt. */
  readonly writes: boolean
  /** Checks the parameters and does it. Throws `invalid`, naming the keys. */
  run(parameters: unknown, tx: DatabaseTransaction): Promise<unknown>
}

export interface Definition<Parameters> extends Omit<Operation, 'run'> {
  evaluate(parameters: Parameters, tx: DatabaseTransaction): Promise<unknown>
}

export function defineOperation<Parameters>({ evaluate, ...contract }: Definition<Parameters>): Operation {
  let fits: PlainCheck | undefined
  let validate: ValidateFunction | undefined
  const check = (given: JsonObject): void => {
    fits ??= plainCheck(schemaOf(contract))
    if (fits(given)) return
    validate ??= compileSchema(schemaOf(contract), { allErrors: true, verbose: true, allowUnionTypes: true })
    if (!validate(given)) refuse(contract, given, validate)
  }
  return {
    ...contract,
    run: (parameters, tx) => {
      try {
        const given = givenTo(contract, parameters)
        check(given)
        return evaluate(given as Parameters, tx)
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
}

/** The parameters of an operation as one JSON Schema. */
export function schemaOf({ parameters, required }: Pick<Operation, 'parameters' | 'required'>): Schema {
  return { type: 'object', properties: parameters, required, additionalProperties: false }
}

type Contract = Omit<Operation, 'run'>

function givenTo({ name }: Contract, parameters: unknown): JsonObject {
  if (isObject(parameters)) return withoutUndefined(parameters)
  throw new CommitbaseError('invalid', `${name} takes an object of parameters; got ${shown(parameters)}`)
}

function refuse(contract: Contract, given: JsonObject, validate: ValidateFunction): never {
  throw new CommitbaseError(
    'invalid',
    missing(contract, given) ?? unknown(contract, given) ?? wrong(contract, validate),
  )
}

function withoutUndefined(parameters: JsonObject): JsonObject {
  const values = Object.values(parameters)
  if (!values.includes(undefined)) return parameters
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}

function missing({ name, required }: Contract, given: JsonObject): string | undefined {
  const keys = required.filter((key) => !Object.hasOwn(given, key))
  return keys.length === 0
    ? undefined
    : `${name} needs ${quoted(keys)}; got ${Object.keys(given).join(', ') || 'nothing'}`
}

function unknown({ name, parameters }: Contract, given: JsonObject): string | undefined {
  const keys = Object.keys(given).filter((key) => !Object.hasOwn(parameters, key))
  if (keys.length === 0) return undefined
  return `${name} has no parameter ${quoted(keys)}; it takes ${Object.keys(parameters).join(', ') || 'none'}`
}

function wrong({ name }: Contract, { errors }: ValidateFunction): string {
  const { instancePath, message, data } = errors!.at(-1)!
  return `${name}: '${instancePath.slice(1)}' ${message}; got ${shown(data)}`
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `'${key.slice(0, 80)}'`).join(', ')
}
