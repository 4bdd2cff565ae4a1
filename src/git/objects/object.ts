import { createHash, hash } from 'node:crypto'
import { CommitbaseError } from '../../errors.ts'
import { applyDelta } from './delta.ts'

/** 40 hex digits: the SHA-1 of an object's header and body. */
export type Oid = string

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag'

/** One object as git stores it: `body` is without the `type size\0` header. */
export interface GitObject {
  readonly oid: Oid
  readonly type: ObjectType
  readonly body: Buffer
}

/** A new version of an object, as what it takes to make it from the last one (gitformat-pack). */
export interface Delta {
  readonly base: Oid
  readonly bytes: Buffer
  /** Bytes of what it makes. */
  readonly size: number
}

/** An object on its way into a repository: whole, or as a delta against an object that is there or came before it; or both. */
export type NewObject =
  | (GitObject & { readonly delta?: Delta })
  | { readonly oid: Oid; readonly type: ObjectType; readonly body?: undefined; readonly delta: Delta }

/** Gives an object its id. */
export function makeObject(type: ObjectType, body: Buffer): GitObject {
  return { oid: oidOf(type, body), type, body }
}

/** The id of an object whose body stays where it is: a copy for each to hash would be as much rubbish. */
export function oidOf(type: ObjectType, body: Buffer): Oid {
  const header = `${type} ${body.length}\0`
  const end = header.length + body.length
  if (end > hashed.length) return createHash('sha1').update(header).update(body).digest('hex')
  hashed.write(header, 'latin1')
  hashed.set(body, header.length)
  return hash('sha1', hashed.subarray(0, end))
}

/** What is hashed at the moment. */
const hashed = Buffer.allocUnsafeSlow(64 << 10)

/** The object itself, where it came as a delta against one that `find` has. Throws `internal` where that is missing. */
export function wholeObject(object: NewObject, find: (oid: Oid) => GitObject | undefined): GitObject {
  if (object.body) return object
  const { oid, type, delta } = object
  const base = find(delta.base)
  if (base) return { oid, type, body: applyDelta(base.body, delta.bytes) }
  throw new CommitbaseError('internal', `the base ${delta.base} of ${oid} is missing`)
}

/** All of them whole, each once: the base of one that came as a delta came before it, or `read` has it. Throws as `wholeObject` does. */
export async function wholeObjects(
  objects: readonly NewObject[],
  read: (oids: readonly Oid[]) => Promise<GitObject[]>,
): Promise<GitObject[]> {
  const whole = new Map<Oid, GitObject>()
  for (const object of objects) {
    const base = object.body ? undefined : (whole.get(object.delta.base) ?? (await read([object.delta.base]))[0])
    whole.set(
      object.oid,
      wholeObject(object, () => base),
    )
  }
  return [...whole.values()]
}

/** Throws `invalid` for what is no id: git takes other things than ids for questions, too. */
export function checkOid(oid: Oid): Oid {
  if (/^[0-9a-f]{40}$/.test(oid)) return oid
  throw new CommitbaseError('invalid', `'${oid}' is no object id; one has 40 hex digits in lower case`)
}
