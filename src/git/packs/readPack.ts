import { inflateSync } from 'node:zlib'
import { CommitbaseError } from '../../errors.ts'
import { applyDelta } from '../objects/delta.ts'
import { type GitObject, makeObject, type Oid } from '../objects/object.ts'
import { type EntryHead, readHead } from './packEntry.ts'

/**
 * The objects of a small pack as a server sends it, without an index: each has the id that its bytes have. Deltas are against
 * objects of the same pack (gitprotocol-v2: unless `thin-pack` was asked for). Throws `internal` where the pack is damaged.
 */
export function readPack(pack: Buffer): GitObject[] {
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2)
    throw damaged('it begins like none')
  const found = new Found()
  let deltas: Entry[] = []
  let at = 12
  for (let left = pack.readUInt32BE(8); left > 0; left--) {
    const { entry, end } = readEntry(pack, at)
    if (!found.take(entry)) deltas.push(entry)
    at = end
  }
  // A base may come behind what is made from it.
  while (deltas.length > 0) {
    const left = deltas.filter((entry) => !found.take(entry))
    if (left.length === deltas.length) throw damaged('the base of a delta is missing')
    deltas = left
  }
  return [...found.byOid.values()]
}

interface Entry {
  readonly start: number
  readonly head: EntryHead
  /** The body, or the delta. */
  readonly bytes: Buffer
}

/** The objects of a pack whose bodies are known. */
class Found {
  readonly byOid = new Map<Oid, GitObject>()
  readonly #byStart = new Map<number, GitObject>()

  /** Whether the entry's body could be made. */
  take({ start, head: { type, base, distance }, bytes }: Entry): boolean {
    if (type !== 'delta') this.#add(start, makeObject(type, bytes))
    else {
      const found = base === undefined ? this.#byStart.get(start - distance!) : this.byOid.get(base)
      if (!found) return false
      this.#add(start, makeObject(found.type, applyDelta(found.body, bytes)))
    }
    return true
  }

  #add(start: number, object: GitObject): void {
    this.byOid.set(object.oid, object)
    this.#byStart.set(start, object)
  }
}

/** How long the compressed bytes are only their end says. */
function readEntry(pack: Buffer, start: number): { entry: Entry; end: number } {
  const head = readHead(pack, start)
  const { buffer, read } = inflate(pack.subarray(head.data), head.size)
  if (buffer.length !== head.size) throw damaged(`an entry has ${buffer.length} bytes and should have ${head.size}`)
  return { entry: { start, head, bytes: buffer }, end: head.data + read }
}

function inflate(bytes: Buffer, size: number): { buffer: Buffer; read: number } {
  const options = { info: true, maxOutputLength: Math.max(size, 1), chunkSize: Math.max(64, size + 1) }
  try {
    // With `info` there is the engine beside the bytes (Node.js, zlib, "Class: Options"): it says how much it has read.
    const { buffer, engine } = inflateSync(bytes, options) as unknown as Inflated
    return { buffer, read: engine.bytesWritten }
  } catch (error) {
    throw damaged('an entry cannot be inflated', error)
  }
}

interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function damaged(how: string, cause?: unknown): CommitbaseError {
  return new CommitbaseError('internal', `the pack that the server sent is damaged: ${how}`, { cause })
}
