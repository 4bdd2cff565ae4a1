import { Context } from 'mingo/core'
import * as array from 'mingo/operators/query/array'
import * as bitwise from 'mingo/operators/query/bitwise'
import * as comparison from 'mingo/operators/query/comparison'
import * as element from 'mingo/operators/query/element'
import { $mod, $regex } from 'mingo/operators/query/evaluation'
import * as logical from 'mingo/operators/query/logical'
import { Query } from 'mingo/query'
import { CommitbaseError, messageOf } from '../errors.ts'
import { checkJson, isObject, type JsonObject, shown } from './json.ts'
import { checkId } from './names.ts'

/** Which records are meant. */
export interface Matcher {
  readonly query: Readonly<JsonObject>
  /** The one `_id` that can match; then nothing else needs to be read. */
  readonly id?: string
  matches(record: JsonObject): boolean
}

/**
 * A query is a document: every key must be equal, or fulfil its MongoDB operators; mingo decides what they mean. What runs code
 * (`$where`, `$expr`, `$function`) and `$jsonSchema` are not there. Throws `invalid` with what came.
 */
export function compileQuery(given: unknown): Matcher {
  if (!isObject(given)) throw new CommitbaseError('invalid', `query must be an object; got ${shown(given)}`)
  checkJson(given, 'query')
  const query: JsonObject = structuredClone(given)
  const compiled = understand(query, () => new Query(query, { context: operators, scriptEnabled: false }))
  const matches = (record: JsonObject) => understand(query, () => compiled.test(record))
  const id = exactId(query)
  return id === undefined ? { query, matches } : { query, id, matches }
}

const operators = Context.init({ query: { ...array, ...bitwise, ...comparison, ...element, ...logical, $mod, $regex } })

function exactId({ _id }: JsonObject): string | undefined {
  if (typeof _id === 'string') return checkId(_id)
  if (isObject(_id) && typeof _id.$eq === 'string') return checkId(_id.$eq)
  return undefined
}

function understand<T>(query: JsonObject, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new CommitbaseError('invalid', `query cannot be evaluated: ${messageOf(error)}; got ${shown(query)}`, {
      cause: error,
    })
  }
}
