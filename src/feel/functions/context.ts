import type { Budget } from '../budget.ts'
import {
  entriesOf,
  entryOf,
  type FeelContext,
  type FeelValue,
  isContext,
  isList,
  type Surroundings,
} from '../values/value.ts'
import { any, type Builtins, context, define, defineOfList, list, text } from './define.ts'

export const contextFunctions: Builtins = {
  'get entries': [define(['context'], [context], getEntries), define(['m'], [context], getEntries)],
  'get value': [
    define(['m', 'key'], [context, any], getValue),
    define(['context', 'key'], [context, any], getValue),
    define(['context', 'keys'], [context, list], getValue),
  ],
  'context put': [
    define(['context', 'key', 'value'], [context, any, any], put),
    define(['context', 'keys', 'value'], [context, list, any], put),
  ],
  put: [define(['context', 'key', 'value'], [context, any, any], put)],
  'context merge': [defineOfList('contexts', merge)],
  'put all': [defineOfList('contexts', merge)],
  context: [define(['entries'], [any], fromEntries)],
}

function getEntries(of: FeelContext, { budget }: Surroundings): FeelValue {
  return copied(of, budget).map(([key, value]) => ({ key, value }))
}

/** `key` may be a path: a list of names. */
function getValue(of: FeelContext, key: FeelValue): FeelValue | undefined {
  if (typeof key === 'string') return entryOf(of, key) ?? null
  if (!isList(key)) return undefined
  let value: FeelValue = key.length === 0 ? null : of
  for (const name of key) {
    if (!text(name) || !isContext(value)) return null
    value = entryOf(value, name) ?? null
  }
  return value
}

/** Contexts that a path goes through are made where there are none. */
function put(into: FeelContext, key: FeelValue, value: FeelValue, { budget }: Surroundings): FeelValue | undefined {
  if (text(key)) return withEntry(into, key, value, budget)
  if (!isList(key)) return undefined
  if (key.length === 0) return null
  return key.every(text) ? putAt(into, key, value, budget) : undefined
}

function putAt(into: FeelContext, [first, ...rest]: readonly string[], value: FeelValue, budget: Budget): FeelContext {
  if (first === undefined) return into
  budget.spend(rest.length)
  if (rest.length === 0) return withEntry(into, first, value, budget)
  const inner = entryOf(into, first) ?? null
  return withEntry(into, first, putAt(isContext(inner) ? inner : {}, rest, value, budget), budget)
}

function withEntry(into: FeelContext, key: string, value: FeelValue, budget: Budget): FeelContext {
  return Object.fromEntries([...copied(into, budget), [key, value]])
}

function merge(contexts: readonly FeelValue[], { budget }: Surroundings): FeelValue {
  return contexts.every(isContext) ? Object.fromEntries(contexts.flatMap((context) => copied(context, budget))) : null
}

/** An entry that is copied takes as long as a few steps. */
function copied(context: FeelContext, budget: Budget): [string, FeelValue][] {
  const entries = entriesOf(context)
  budget.spend(4 * entries.length + 8)
  return entries
}

function fromEntries(entries: FeelValue, { budget }: Surroundings): FeelValue {
  if (!isList(entries)) return null
  budget.spend(4 * entries.length)
  const pairs = entries.map((entry) => {
    const key = isContext(entry) ? entryOf(entry, 'key') : undefined
    const value = isContext(entry) ? entryOf(entry, 'value') : undefined
    return text(key ?? null) && value !== undefined ? ([key as string, value] as const) : undefined
  })
  return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : null
}
