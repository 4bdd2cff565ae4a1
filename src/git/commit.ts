import { type GitObject, makeObject, type Oid } from './object.ts'

export interface Person {
  readonly name: string
  readonly email: string
}

export interface Commit {
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly author: Person
  /** Milliseconds since 1970, UTC; git keeps whole seconds. */
  readonly time: number
  /** Subject, empty line, body, trailers. */
  readonly message: string
}

/** The commit object; author and committer are the same. */
export function encodeCommit(commit: Commit): GitObject {
  const signature = `${commit.author.name} <${commit.author.email}> ${Math.floor(commit.time / 1000)} +0000`
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${signature}`,
    `committer ${signature}`,
    '',
    commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`,
  ]
  return makeObject('commit', Buffer.from(lines.join('\n')))
}

/** The tree that a commit's body names. */
export function treeOf(body: Buffer): Oid {
  return body.toString('latin1', 5, 45)
}
