import { isDeepStrictEqual } from 'node:util'
import type { VariableLookup } from '../../feel/evaluate.ts'
import type { Key, Variables } from '../key.ts'
import { emit, nextKey, type Run } from '../run.ts'
import type { State } from '../state/state.ts'

/** What an expression in a scope sees: the nearest scope that has the variable. */
export function variablesFrom(state: State, scopeKey: Key): VariableLookup {
  return {
    get(name) {
      for (const key of scopesFrom(state, scopeKey)) {
        const values = state.scopes.get(key)?.values
        if (values !== undefined && Object.hasOwn(values, name)) return values[name]
      }
      return undefined
    },
  }
}

/** All variables that are visible in a scope, or those of them that are named. */
export function visibleVariables(state: State, scopeKey: Key, names: readonly string[] = []): Variables {
  const wanted = names.length === 0 ? undefined : new Set(names)
  const seen = new Map<string, unknown>()
  for (const key of scopesFrom(state, scopeKey)) {
    for (const [name, value] of Object.entries(state.scopes.get(key)?.values ?? {})) {
      if (!seen.has(name) && (wanted === undefined || wanted.has(name))) seen.set(name, value)
    }
  }
  return Object.fromEntries(seen)
}

export function localVariables(state: State, scopeKey: Key): Variables {
  return state.scopes.get(scopeKey)?.values ?? {}
}

/** Sets variables in this very scope; one that has its value already is left alone. `processInstanceKey`: of a scope that is not there yet. */
export function setLocal(run: Run, scopeKey: Key, variables: Variables, processInstanceKey?: Key): void {
  for (const [name, value] of Object.entries(variables)) setIn(run, scopeKey, name, value, processInstanceKey)
}

/**
 * Sets each variable in the nearest scope that has it, else in the process instance's. One that has the value already is
 * passed over, and the value goes on up (as on Zeebe 8.6.0).
 */
export function propagate(run: Run, scopeKey: Key, variables: Variables): void {
  let left = Object.entries(variables)
  let last = scopeKey
  for (const key of scopesFrom(run.state, scopeKey)) {
    const values = localVariables(run.state, key)
    const changes = ([name, value]: [string, unknown]): boolean =>
      Object.hasOwn(values, name) && !isDeepStrictEqual(values[name], value)
    const there = left.filter(changes)
    left = left.filter((entry) => !changes(entry))
    for (const [name, value] of there) setIn(run, key, name, value)
    last = key
  }
  for (const [name, value] of left) setIn(run, last, name, value)
}

/** Puts another value into a variable of this very scope that is known to have changed: comparing long lists takes long. */
export function replaceLocal(run: Run, scopeKey: Key, name: string, value: unknown): void {
  emit(run, { type: 'VARIABLE_UPDATED', key: keyOf(run, scopeKey, name), scopeKey, name, value })
}

/** A scope and those around it, up to the process instance. */
function* scopesFrom(state: State, scopeKey: Key): IterableIterator<Key> {
  for (let key = scopeKey; key !== -1; key = state.elements.get(key)?.scopeKey ?? -1) yield key
}

function setIn(run: Run, scopeKey: Key, name: string, value: unknown, processInstanceKey?: Key): void {
  const values = localVariables(run.state, scopeKey)
  const known = Object.hasOwn(values, name)
  if (known && isDeepStrictEqual(values[name], value)) return
  if (known) replaceLocal(run, scopeKey, name, value)
  else
    emit(run, {
      type: 'VARIABLE_CREATED',
      key: nextKey(run),
      scopeKey,
      name,
      value,
      ...(processInstanceKey && { processInstanceKey }),
    })
}

/** A state from before variables had keys has none. */
function keyOf(run: Run, scopeKey: Key, name: string): Key {
  const keys = run.state.scopes.get(scopeKey)?.keys ?? {}
  return Object.hasOwn(keys, name) ? keys[name]! : nextKey(run)
}
