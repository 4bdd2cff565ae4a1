/**
 * RFC 8785: keys in the order of their UTF-16 units, numbers and texts as ECMAScript writes them. Of values that JSON has; what
 * it has not is left out, as `JSON.stringify` does. Each event is written so once, and a library took a third of its whole time.
 */
export function canonicalJson(value: unknown): string {
  return canOrder(value) ? JSON.stringify(ordered(value)) : written(value)
}

/** Whether an object can hold its keys in any order: those that look like an index come first in all, and `__proto__` is none. */
function canOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(canOrder)
  for (const key of Object.keys(value)) {
    const first = key.charCodeAt(0)
    if ((first >= 0x30 && first <= 0x39) || key === '__proto__') return false
    if (!canOrder((value as Record<string, unknown>)[key])) return false
  }
  return true
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort()) copy[key] = ordered((value as Record<string, unknown>)[key])
  return copy
}

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => written(item) ?? 'null').join(',')}]`
  const object = value as Record<string, unknown>
  const members: string[] = []
  for (const key of Object.keys(object).sort()) {
    const item = written(object[key])
    if (item !== undefined) members.push(`${JSON.stringify(key)}:${item}`)
  }
  return `{${members.join(',')}}`
}
