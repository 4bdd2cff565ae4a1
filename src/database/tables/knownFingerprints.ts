import type { Oid } from '../../git/objects/object.ts'
import { bitsAt } from '../../git/objects/oidBytes.ts'
import { sharedWords } from '../../git/sharedBuffer.ts'
import { fingerprintOfText } from './fingerprint.ts'

/** A table of fingerprints, as it lies in memory and on disk. */
export interface FingerprintTable {
  readonly words: Uint32Array<SharedArrayBuffer>
  /** How many are in it. */
  readonly count: number
}

/**
 * Fingerprints of what blobs say (`fingerprintOf`), so that a record need not be read where a write surely changes it. What a blob says
 * never changes: none is outdated. They are told apart by 64 bits of a blob's id and the record's; were two to meet in all of them, a
 * write that changes nothing could make a commit. No write is lost, since what looks the same is read and compared.
 *
 * It is a hash table of sets of five, each in one line of the processor's cache, the newest first. It doubles up to 24 MiB, which is for
 * a million records; then the oldest of a set goes for a new one.
 */
export class KnownFingerprints {
  #words = sharedWords(fewestSets * setWords)
  #count = 0
  /** How many came since these were last put on disk. */
  news = 0

  get table(): FingerprintTable {
    return { words: this.#words, count: this.#count }
  }

  get(blob: Oid, id: string): number | undefined {
    const at = this.#find(bitsAt(blob, 0), secondBits(blob, id))
    return at < 0 ? undefined : this.#words[at + 2]
  }

  set(blob: Oid, id: string, fingerprint: number): void {
    if (this.#add(bitsAt(blob, 0), secondBits(blob, id), fingerprint)) this.news += 1
  }

  delete(blob: Oid, id: string): void {
    let at = this.#find(bitsAt(blob, 0), secondBits(blob, id))
    if (at < 0) return
    const words = this.#words
    const last = at - (at % setWords) + lastEntry
    for (; at < last; at++) words[at] = words[at + entryWords]!
    words.fill(0, last, last + entryWords)
    this.#count -= 1
  }

  /** Goes on with that table, and with what is in this one. */
  goOnWith({ words, count }: FingerprintTable): void {
    const before = this.#words
    this.#words = words
    this.#count = count
    for (let set = 0; set < before.length; set += setWords)
      for (let at = set + lastEntry; at >= set; at -= entryWords)
        if (!isFree(before, at)) this.#add(before[at]!, before[at + 1]!, before[at + 2]!)
  }

  #find(first: number, second: number): number {
    const words = this.#words
    const set = this.#setOf(first)
    for (let at = set; at <= set + lastEntry; at += entryWords)
      if (words[at] === first && words[at + 1] === second) return at
    return -1
  }

  /** Whether it was not there. */
  #add(first: number, second: number, fingerprint: number): boolean {
    if (this.#find(first, second) >= 0) return false
    if (this.#count * roomForEach > this.#words.length && this.#words.length < mostWords) this.#grow()
    const words = this.#words
    const set = this.#setOf(first)
    if (isFree(words, set + lastEntry)) this.#count += 1
    for (let at = set + lastEntry + entryWords - 1; at >= set + entryWords; at--) words[at] = words[at - entryWords]!
    words[set] = first
    words[set + 1] = second
    words[set + 2] = fingerprint
    return true
  }

  /** Each set becomes two, one behind the other by the length that was: nothing is far from where it was. */
  #grow(): void {
    const before = this.#words
    const words = sharedWords(2 * before.length)
    this.#words = words
    for (let set = 0; set < before.length; set += setWords) {
      let [lower, upper] = [set, set + before.length]
      for (let at = set; at <= set + lastEntry && !isFree(before, at); at += entryWords) {
        const isLower = this.#setOf(before[at]!) === set
        const to = isLower ? lower : upper
        words[to] = before[at]!
        words[to + 1] = before[at + 1]!
        words[to + 2] = before[at + 2]!
        if (isLower) lower += entryWords
        else upper += entryWords
      }
    }
  }

  #setOf(first: number): number {
    return (first % (this.#words.length / setWords)) * setWords
  }
}

/** An entry: 32 bits of the blob's id, 32 of it and the record's, the fingerprint. */
const entryWords = 3
const setWords = 16
const lastEntry = 4 * entryWords

/** 1.5 KiB. */
const fewestSets = 24

/** 24 MiB. */
export const mostWords = (fewestSets << 14) * setWords

/** Two entries a set, below which few sets overflow. */
const roomForEach = setWords / 2

function secondBits(blob: Oid, id: string): number {
  return (bitsAt(blob, 8) ^ fingerprintOfText(id)) >>> 0
}

function isFree(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0
}
