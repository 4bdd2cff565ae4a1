import type { GitObject, Oid } from './objects/object.ts'

/** The objects that were used last, up to a number of bytes. An id always names the same bytes, so nothing in it is ever stale. */
export class ObjectCache {
  readonly #limit: number
  readonly #objects = new Map<Oid, GitObject>()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(oid: Oid): GitObject | undefined {
    const object = this.#objects.get(oid)
    if (!object) return undefined
    this.#objects.delete(oid)
    this.#objects.set(oid, object)
    return object
  }

  add(object: GitObject): void {
    if (this.#objects.has(object.oid) || object.body.length > this.#limit / 8) return
    this.#objects.set(object.oid, { ...object, body: alone(object.body) })
    this.#bytes += object.body.length + overhead
    if (this.#bytes <= this.#limit) return
    // Many at once: a Map's first entry is slow to find behind others that were deleted.
    for (const [oid, oldest] of this.#objects) {
      if (this.#bytes <= this.#limit * 0.9) break
      this.#objects.delete(oid)
      this.#bytes -= oldest.body.length + overhead
    }
  }
}

/** The bytes without the larger memory that they may be a part of, all of which they would keep. */
function alone(body: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(body.length)
  body.copy(copy)
  return copy
}

/** Bytes that an entry takes beside its body, roughly. */
const overhead = 256
