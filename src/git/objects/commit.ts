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
  // Git knows no time before 1970 (git-fsck: badDateOverflow), which a clock that was never set may be in.
  const signature = `${signerOf(commit.author)} ${Math.max(0, Math.floor(commit.time / 1000))} +0000`
  const message = commit.message.replaceAll('\0', '')
  let text = `tree ${commit.tree}\n`
  for (const parent of commit.parents) text += `parent ${parent}\n`
  text += `author ${signature}\ncommitter ${signature}\n\n${message}`
  return makeObject('commit', Buffer.from(message.endsWith('\n') ? text : `${text}\n`))
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
  return parentsIn(headerOf(body))
}

function parentsIn(header: string): Oid[] {
  const lines = header.split('\n')
  return lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length))
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
  const header = headerOf(body)
  const encoding = headerLine(header, 'encoding') ?? 'utf-8'
  const author = decodeText(Buffer.from(headerLine(header, 'author') ?? '', 'latin1'), encoding)
  return {
    tree: treeOf(body),
    parents: parentsIn(header),
    author: personIn(author),
    time: timeIn(header) * 1_000,
    message: end < 0 ? '' : decodeText(body.subarray(end + 2), encoding),
  }
}

function headerOf(body: Buffer): string {
  const end = body.indexOf('\n\n')
  return body.toString('latin1', 0, end < 0 ? body.length : end)
}

/** What the header's first line of that name says; none of them comes before the tree's. */
function headerLine(header: string, name: string): string | undefined {
  // Not by regular expressions: V8 compiles them anew in each process, which the first history after a start waited for.
  const start = header.indexOf(`\n${name} `)
  if (start < 0) return undefined
  const from = start + name.length + 2
  const end = header.indexOf('\n', from)
  return header.slice(from, end < 0 ? header.length : end)
}

function personIn(line: string): Person {
  const open = line.indexOf('<')
  const close = line.indexOf('>', open)
  if (open < 0 || close < 0) return { name: '', email: '' }
  const name = line.slice(0, open)
  return { name: name.endsWith(' ') ? name.slice(0, -1) : name, email: line.slice(open + 1, close) }
}

/** Seconds since 1970 at which the committer made it. */
export function timeOf(body: Buffer): number {
  return timeIn(headerOf(body))
}

function timeIn(header: string): number {
  const committer = headerLine(header, 'committer') ?? ''
  const seconds = Number.parseInt(committer.slice(committer.lastIndexOf('> ') + 2), 10) || 0
  return Math.min(Math.max(0, seconds), latest)
}

/** Git takes 63 bits of seconds; in JavaScript time ends here (ECMA-262, Time Values), in the year 275760. */
const latest = 8_640_000_000_000

/** A name that nobody knows, or bytes that are not in it, must not hide the rest. */
function decodeText(bytes: Buffer, encoding: string): string {
  if (encoding === 'utf-8') return bytes.toString('utf8')
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
