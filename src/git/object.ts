import { hash } from 'node:crypto'

/** 40 hex digits: the SHA-1 of an object's header and body. */
export type Oid = string

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag'

/** One object as git stores it: `body` is without the `type size\0` header. */
export interface GitObject {
  readonly oid: Oid
  readonly type: ObjectType
  readonly body: Buffer
}

/** Gives an object its id. */
export function makeObject(type: ObjectType, body: Buffer): GitObject {
  return { oid: hash('sha1', Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body])), type, body }
}
