/**
 * The order in which a mutable HashMap of Scala 2.13 lists its keys, and Zeebe thus the decisions of a file: by their place in a
 * table that has a power of two of them and is at most three quarters full.
 */
export function inHashOrder(keys: readonly string[]): string[] {
  let size = 16
  while (keys.length + 1 > size * 0.75) size *= 2
  const hashed = keys.map((key) => ({ key, hash: hashOf(key) }))
  const place = (hash: number): number => hash & (size - 1)
  return hashed.sort((a, b) => place(a.hash) - place(b.hash) || a.hash - b.hash).map(({ key }) => key)
}

/** Java's, with its upper half mixed in. */
function hashOf(key: string): number {
  let hash = 0
  for (let at = 0; at < key.length; at += 1) hash = (Math.imul(31, hash) + key.charCodeAt(at)) | 0
  return hash ^ (hash >>> 16)
}
