import { Context } from 'mingo/core'
import * as projection from 'mingo/operators/projection'
import * as array from 'mingo/operators/query/array'
import * as bitwise from 'mingo/operators/query/bitwise'
import * as comparison from 'mingo/operators/query/comparison'
import * as element from 'mingo/operators/query/element'
import { $mod, $regex as matches } from 'mingo/operators/query/evaluation'
import * as logical from 'mingo/operators/query/logical'
import { Query } from 'mingo/query'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { isCalm } from '../index/conditions.ts'
import { copyJson, isObject, type JsonObject, shown } from '../json/json.ts'
import { BoundedPattern, newPatience, type Patience } from '../schemas/boundedPattern.ts'
import { checkId, nameProblem } from '../tables/names.ts'
import { spell, unspell } from './spelling.ts'

/** Which records are meant. */
export interface Matcher {
  readonly query: Readonly<JsonObject>
  /** The one `_id` that can match. */
  readonly id?: string
  /** The list of those that can, where there is one and no other record needs to be asked. */
  readonly listed?: Listed
  matches(record: JsonObject): boolean
  /** The records in mingo's order of those paths. */
  sort<T extends JsonObject>(records: readonly T[], sort: Readonly<JsonObject>): T[]
  /** What the projection leaves of records that match. */
  project(records: readonly JsonObject[], projection: Readonly<JsonObject>): JsonObject[]
}

/** What a query with a list of ids asks for. */
export interface Listed {
  readonly ids: ReadonlySet<string>
  /** What it asks of their records beside. */
  readonly others: Readonly<JsonObject>
}

/**
 * A query is a document: every key must be equal, or fulfil its MongoDB operators; mingo decides what they mean. What runs code
 * (`$where`, `$expr`, `$function`) and `$jsonSchema` are not there. Throws `invalid` with what came.
 */
export function compileQuery(given: unknown): Matcher {
  if (!isObject(given)) throw new CommitbaseError('invalid', `query must be an object; got ${shown(given)}`)
  const query = copyJson(given, 'query')
  const id = exactId(query)
  const listed = listedIn(query)
  // For each record that it is asked of, mingo goes through the whole list.
  const asked = listed?.others ?? query
  const mingo = new Mingo(asked)
  let other: Mingo | undefined
  const spelled = () => (other ??= new Mingo(spell(asked)))
  const isIdAlone = id !== undefined && typeof query._id === 'string' && Object.keys(query).length === 1
  if (!isIdAlone) understand('query', query, () => mingo.compile())
  const test = (record: JsonObject) =>
    understand('query', query, () =>
      either(
        () => mingo.test(record),
        () => spelled().test(spell(record)),
      ),
    )
  return {
    query,
    id,
    listed,
    matches: isIdAlone
      ? ({ _id }) => _id === id
      : listed
        ? (record) => listed.ids.has(record._id as string) && test(record)
        : test,
    sort: (records, sort) =>
      understand('sort', sort, () =>
        either(
          () => mingo.sort(records, sort),
          () => sortSpelled(spelled(), records, sort),
        ),
      ),
    project: (records, projection) =>
      understand('project', projection, () =>
        either(
          () => mingo.project(records, projection),
          () => unspell(spelled().project(spell(records), spell(projection))),
        ),
      ),
  }
}

/** A query as mingo has compiled it, when it is first asked. */
class Mingo {
  readonly #query: JsonObject
  #compiled: Query | undefined

  constructor(query: JsonObject) {
    this.#query = query
  }

  compile(): Query {
    this.#compiled ??= new Query(this.#query, { context: operatorsWith(newPatience()), scriptEnabled: false })
    return this.#compiled
  }

  test(record: JsonObject): boolean {
    return this.compile().test(record)
  }

  sort<T extends JsonObject>(records: readonly T[], sort: Readonly<JsonObject>): T[] {
    return this.compile()
      .find<never>([...records])
      .sort(sort)
      .all()
  }

  /** mingo takes fields out of what it is given. */
  project(records: readonly JsonObject[], projection: Readonly<JsonObject>): JsonObject[] {
    return this.compile()
      .find<JsonObject>(structuredClone(records) as [], projection)
      .all()
  }
}

/** What mingo gives or, where it takes a key in a record for what JavaScript has under that name, what it gives of another spelling. */
function either<T>(work: () => T, spelled: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TypeError) return spelled()
    throw error
  }
}

function sortSpelled<T extends JsonObject>(mingo: Mingo, records: readonly T[], sort: Readonly<JsonObject>): T[] {
  const originals = new Map(records.map((record) => [spell(record), record]))
  return mingo.sort([...originals.keys()], spell(sort)).map((record) => originals.get(record)!)
}

/** mingo has made a `RegExp` of what came. */
function operatorsWith(patience: Patience): Context {
  const $regex: typeof matches = (selector, value, options) => {
    const { source, flags } = value as RegExp
    return matches(selector, new BoundedPattern(source, flags, patience), options)
  }
  return Context.init({
    query: { ...array, ...bitwise, ...comparison, ...element, ...logical, $mod, $regex },
    projection: { ...projection },
  })
}

function exactId({ _id }: JsonObject): string | undefined {
  if (typeof _id === 'string') return checkId(_id)
  if (isObject(_id) && typeof _id.$eq === 'string') return checkId(_id.$eq)
  return undefined
}

/** Every `_id` is a text. What else is listed, or cannot be one, is that of no record. */
function listedIn(query: JsonObject): Listed | undefined {
  if (!isObject(query._id) || !Array.isArray(query._id.$in) || !isCalm(query)) return undefined
  const { _id, ...others } = query
  const { $in, ...rest } = query._id
  const ids = new Set<string>(query._id.$in.filter((id) => nameProblem(id) === undefined))
  return { ids, others: Object.keys(rest).length === 0 ? others : { ...others, _id: rest } }
}

function understand<T>(what: string, given: Readonly<JsonObject>, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new CommitbaseError('invalid', `${what} cannot be evaluated: ${messageOf(error)}; got ${shown(given)}`, {
      cause: error,
    })
  }
}
