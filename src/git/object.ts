import { hash } from 'node:crypto'
import { CommitbaseError } from '../errors.ts'

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

/** Throws `invalid` for what is no id: git takes other things than ids for questions, too. */
export function checkOid(oid: Oid): Oid {
  if (/^[0-9a-f]{40}$/.test(oid)) return oid
  throw new CommitbaseError('invalid', `'${oid}' is no object id; one has 40 hex digits in lower case`)
}
