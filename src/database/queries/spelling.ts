import { isObject, type JsonObject } from '../json/json.ts'

/**
 * The value with those keys in another spelling that JavaScript gives every object, and that mingo reads as such: an object's own
 * `constructor`, `toString` or `valueOf` makes it throw where it looks for a type, a hash or a number. Keys that are paths have
 * them as parts. What differs stays different, and in its order.
 */
export function spell<T>(value: T): T {
  return withKeys(value, (key) => key.replace(inherited, '$&\0')) as T
}

/** What `spell` was given. */
export function unspell<T>(value: T): T {
  return withKeys(value, (key) => key.replace(spelled, '')) as T
}

const inherited = /(?<=^|\.)(?:constructor|toString|valueOf)\0*(?=\.|$)/g
const spelled = /(?<=(?:^|\.)(?:constructor|toString|valueOf)\0*)\0(?=\.|$)/g

function withKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, rename))
  if (!isObject(value)) return value
  const renamed: JsonObject = {}
  for (const [key, item] of Object.entries(value)) renamed[rename(key)] = withKeys(item, rename)
  return renamed
}
