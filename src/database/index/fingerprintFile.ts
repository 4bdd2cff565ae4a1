import { open, rename, rm } from 'node:fs/promises'
import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { messageOf } from '../../errors.ts'
import { sharedWords } from '../../git/sharedBuffer.ts'
import { type FingerprintTable, KnownFingerprints, mostWords } from '../tables/knownFingerprints.ts'

/** What is in the file, one more with each change, that of how a fingerprint is made included: from a file of another format nothing is known. */
const format = `commitbase-fingerprints-1-${endianness()}`

/**
 * The fingerprints that are known, and a file that keeps them from one process to the next. It is read beside everything else: what is
 * not known yet is read from git. A file that is missing, damaged or half written says nothing, and it may be deleted at any time.
 */
export class FingerprintFile {
  readonly known = new KnownFingerprints()
  readonly #path: string
  readonly #onProblem: ((message: string) => void) | undefined
  /** Resolves when the file was read. */
  readonly taken: Promise<void>
  #saving: Promise<void> | undefined
  /** How many could not be written. */
  #missed = 0

  /** `onProblem` is told where it cannot be written. */
  constructor(path: string, onProblem?: (message: string) => void) {
    this.#path = path
    this.#onProblem = onProblem
    this.taken = this.#take()
  }

  /** Writes them beside everything else, where many are new: who opens a large database for one write need not write all of them. */
  save(): void {
    if (this.known.news * few > this.known.table.count) this.#begin()
  }

  /** The same now and then, as they become more, so that a process that is killed does not take all with it. */
  saveMany(): void {
    const { news, table } = this.known
    if (news >= many && news * fewParts > table.count) this.#begin()
  }

  /** Resolves when none are being written. */
  get saved(): Promise<void> {
    return this.#saving ?? Promise.resolve()
  }

  async close(): Promise<void> {
    await this.taken
    await this.saved
    this.known.news += this.#missed
    this.save()
    await this.saved
  }

  #begin(): void {
    this.#saving ??= this.#write().finally(() => {
      this.#saving = undefined
    })
  }

  async #write(): Promise<void> {
    // What is in the file is taken over first.
    await this.taken
    const { news, table } = this.known
    this.known.news = 0
    try {
      await writeTable(this.#path, table)
      this.#missed = 0
    } catch (error) {
      this.#missed += news
      this.#onProblem?.(`the fingerprints of records were not kept: ${messageOf(error)}`)
    }
  }

  async #take(): Promise<void> {
    const table = await readTable(this.#path).catch(() => undefined)
    if (table) this.known.goOnWith(table)
  }
}

/** One of so many is not. */
const few = 16

/** While it runs, so many are, where they are also more than one of so many parts. */
const many = 10_000
const fewParts = 4

/** Bytes of the first line: format, how many there are, checksum. */
const headLength = 64

async function readTable(path: string): Promise<FingerprintTable | undefined> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(headLength)
    await file.read(head, 0, headLength, 0)
    const [name, count] = head.toString('latin1').split(' ')
    const length = (await file.stat()).size - headLength
    if (name !== format || length > mostWords * 4) return undefined
    const words = sharedWords(length / 4)
    await file.read(bytesOf(words), 0, length, headLength)
    const table = { words, count: Number(count) }
    return headOf(table.count, crc32(bytesOf(words))).equals(head) ? table : undefined
  } finally {
    await file.close()
  }
}

/** What was there stays until all of the new one is. */
async function writeTable(path: string, table: FingerprintTable): Promise<void> {
  const temporary = `${path}.new`
  try {
    await writeParts(temporary, table)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/**
 * A part at a time, with everybody else's turn between them. The table may change meanwhile: the checksum is of what is written, and a
 * set, which is never in two parts, is whole and says nothing of others.
 */
async function writeParts(path: string, { words, count }: FingerprintTable): Promise<void> {
  const bytes = bytesOf(words)
  const file = await open(path, 'w')
  try {
    await file.writeFile(Buffer.alloc(headLength))
    let sum = 0
    for (let start = 0; start < bytes.length; start += partLength) {
      const part = Buffer.from(bytes.subarray(start, start + partLength))
      sum = crc32(part, sum)
      await file.writeFile(part)
    }
    await file.write(headOf(count, sum), 0, headLength, 0)
  } finally {
    await file.close()
  }
}

const partLength = 1 << 20

function headOf(count: number, sum: number): Buffer {
  return Buffer.from(`${`${format} ${count} ${sum}`.padEnd(headLength - 1)}\n`)
}

function bytesOf({ buffer }: Uint32Array<SharedArrayBuffer>): Buffer {
  return Buffer.from(buffer)
}
