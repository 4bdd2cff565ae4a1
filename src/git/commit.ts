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
  const { name, email } = commit.author
  const signature = `${plain(name) || 'Commitbase'} <${plain(email)}> ${Math.floor(commit.time / 1000)} +0000`
  const message = commit.message.replaceAll('\0', '')
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${signature}`,
    `committer ${signature}`,
    '',
    message.endsWith('\n') ? message : `${message}\n`,
  ]
  return makeObject('commit', Buffer.from(lines.join('\n')))
}

/** The tree that a commit's body names. */
export function treeOf(body: Buffer): Oid {
  return body.toString('latin1', 5, 45)
}

/** The commits that a commit's body names as its parents. */
export function parentsOf(body: Buffer): Oid[] {
  const header = body.toString('latin1', 0, body.indexOf('\n\n'))
  return [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, oid]) => oid!)
}

/** What git allows in a name or an address (`git fsck`: badName, badEmail): one line without angle brackets. */
function plain(text: string): string {
  return text.replace(/[<>\n\r\0]+/g, ' ').trim()
}
