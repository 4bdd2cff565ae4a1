import { type GitObject, makeTextObject, type Oid } from './object.ts'

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
  const signature = `${signerOf(commit.author)} ${Math.floor(commit.time / 1000)} +0000`
  const message = commit.message.replaceAll('\0', '')
  let text = `tree ${commit.tree}\n`
  for (const parent of commit.parents) text += `parent ${parent}\n`
  text += `author ${signature}\ncommitter ${signature}\n\n${message}`
  return makeTextObject('commit', message.endsWith('\n') ? text : `${text}\n`)
}

/** Most commits are of one author: the last one is known. */
function signerOf(author: Person): string {
  if (author === lastAuthor) return lastSigner
  lastAuthor = author
  lastSigner = `${plain(author.name) || 'Commitbase'} <${plain(author.email)}>`
  return lastSigner
}

let lastAuthor: Person | undefined
let lastSigner = ''

/** The tree that a commit's body names. */
export function treeOf(body: Buffer): Oid {
  return body.toString('latin1', 5, 45)
}

/** The commits that a commit's body names as its parents. */
export function parentsOf(body: Buffer): Oid[] {
  const header = body.toString('latin1', 0, body.indexOf('\n\n'))
  return [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, oid]) => oid!)
}

/** A commit as anybody made it: a person's may have several parents, an encoding, two people. */
export interface ReadCommit {
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly author: Person
  /** Milliseconds since 1970: the committer's. */
  readonly time: number
  readonly message: string
}

/** Reads a commit object's body (gitformat: header lines, an empty line, the message in UTF-8 unless `encoding` says otherwise). */
export function decodeCommit(body: Buffer): ReadCommit {
  const end = body.indexOf('\n\n')
  const header = body.toString('latin1', 0, end < 0 ? body.length : end)
  const encoding = /^encoding (\S+)$/m.exec(header)?.[1] ?? 'utf-8'
  const line = (name: string) => {
    const [start, value = ''] = new RegExp(`^${name} (.*)$`, 'm').exec(header) ?? []
    return start === undefined ? '' : decodeText(Buffer.from(value, 'latin1'), encoding)
  }
  const [, name = '', email = ''] = /^(.*?) ?<([^>]*)>/.exec(line('author')) ?? []
  return {
    tree: treeOf(body),
    parents: parentsOf(body),
    author: { name, email },
    time: timeOf(body) * 1_000,
    message: end < 0 ? '' : decodeText(body.subarray(end + 2), encoding),
  }
}

/** Seconds since 1970 at which the committer made it. */
export function timeOf(body: Buffer): number {
  const end = body.indexOf('\n\n')
  const header = body.toString('latin1', 0, end < 0 ? body.length : end)
  return Number(/^committer .*> (\d+)(?: [+-]\d+)?$/m.exec(header)?.[1] ?? 0)
}

/** A name that nobody knows, or bytes that are not in it, must not hide the rest. */
function decodeText(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

/** What git allows in a name or an address (`git fsck`: badName, badEmail): one line without angle brackets. */
function plain(text: string): string {
  return text.replace(/[<>\n\r\0]+/g, ' ').trim()
}
