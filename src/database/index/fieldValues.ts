import { resolve } from 'mingo/util'
import type { JsonObject } from '../json/json.ts'

/** What a query may compare at a path of a record, or that nobody can say. */
export type QueryValues = { readonly values: readonly unknown[]; readonly isList: boolean } | 'too many'

/**
 * The values of which at least one fulfils a condition on the path where the record does. mingo's own `resolve` says what lies
 * at the path; of a list its predicates (mingo/operators/_predicates) look at the list, at its members, and at the members of
 * lists in it as many levels down as the path has dots, at least one (`$regex`).
 */
export function queryValues(record: JsonObject, path: string): QueryValues {
  const found: unknown = resolve(record, path, { unwrapArray: true })
  if (!Array.isArray(found)) return { values: [found], isList: false }
  const values: unknown[] = [found]
  const levels = Math.max(1, path.split('.').length - 1)
  return addMembers(found, levels, values) ? { values, isList: true } : 'too many'
}

/** Of one record at one path. A record with more is looked at by every query. */
const mostValues = 1_000

function addMembers(list: readonly unknown[], levels: number, values: unknown[]): boolean {
  if (values.length + list.length > mostValues) return false
  for (const member of list) {
    values.push(member)
    if (levels >= 0 && Array.isArray(member) && !addMembers(member, levels - 1, values)) return false
  }
  return true
}

/**
 * The values at a path that no other record may have, as MongoDB takes them: each member of a list on the way and at its end,
 * but not the list itself; `undefined` where there is none, as in an empty list.
 */
export function uniqueValues(record: JsonObject, path: string): unknown[] {
  const values = new Set<unknown>()
  collect(record, path.split('.'), values)
  return values.size > 0 ? [...values] : [undefined]
}

function collect(value: unknown, keys: readonly string[], values: Set<unknown>): void {
  const [key, ...rest] = keys
  if (key === undefined) {
    if (Array.isArray(value)) for (const member of value) values.add(member)
    else values.add(value)
  } else if (Array.isArray(value)) {
    if (/^\d+$/.test(key)) collect(value[Number(key)], rest, values)
    else for (const member of value) if (!Array.isArray(member)) collect(member, keys, values)
  } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) {
    collect((value as JsonObject)[key], rest, values)
  }
}
