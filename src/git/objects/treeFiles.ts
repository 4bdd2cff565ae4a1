import type { Oid } from './object.ts'
import { decodeName } from './tree.ts'

/** An entry of a tree object under a file's name. `isFile`: whether it is one, and no folder or link. */
export interface TreeFile {
  readonly name: string
  readonly oid: Oid
  readonly isFile: boolean
}

/**
 * The entries of a tree object's body (see `decodeTree`) whose names end in the suffix and do not begin with a dot, in their order:
 * in one pass over the bytes, since tables have many.
 */
export function* filesIn(body: Buffer, suffix: string): Generator<TreeFile> {
  for (const { isFile, start, end, isAscii } of placesIn(body, suffix)) {
    const name = isAscii ? body.toString('latin1', start, end) : decodeName(body.subarray(start, end))
    yield { name, oid: body.toString('hex', end + 1, end + 21), isFile }
  }
}

/** How many of these are files, and the name of one that is none. */
export function countFiles(body: Buffer, suffix: string): { count: number; odd?: string } {
  let count = 0
  let odd: string | undefined
  for (const { isFile, start, end } of placesIn(body, suffix)) {
    if (isFile) count++
    else odd = decodeName(body.subarray(start, end))
  }
  return { count, odd }
}

/** Where the name of an entry begins and ends. */
interface Place {
  readonly isFile: boolean
  readonly start: number
  readonly end: number
  readonly isAscii: boolean
}

function* placesIn(body: Buffer, suffix: string): Generator<Place> {
  const wanted = Buffer.from(suffix)
  for (let at = 0; at < body.length; ) {
    // Modes have five digits (folders) or six; those of files begin with 100.
    const isFolder = body[at + 5] === space
    const start = isFolder ? at + 6 : at + 7
    let end = start
    let bits = 0
    for (let byte = body[end]!; byte !== 0; byte = body[++end]!) bits |= byte
    if (body[start] !== dot && endsWith(body, start, end, wanted))
      yield { isFile: !isFolder && body[at + 1] === zero, start, end, isAscii: bits < 0x80 }
    at = end + 21
  }
}

function endsWith(body: Buffer, start: number, end: number, wanted: Buffer): boolean {
  if (end - start < wanted.length) return false
  for (let at = 1; at <= wanted.length; at++) if (body[end - at] !== wanted[wanted.length - at]) return false
  return true
}

const space = 0x20
const dot = 0x2e
const zero = 0x30
