/** Merges objects within objects; for all else the later value stands. */
export function mergeDeep(earlier: unknown, later: unknown): unknown {
  if (later === undefined) return earlier
  if (!isObject(earlier) || !isObject(later)) return later
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(later)])]
  return Object.fromEntries(names.map((name) => [name, mergeDeep(own(earlier, name), own(later, name))]))
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
