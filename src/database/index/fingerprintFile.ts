import { closeSync, openSync, writevSync } from 'node:fs'
import { open } from 'node:fs/promises'
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

  /** `onProblem` is told where it cannot be written. */
  constructor(path: string, onProblem?: (message: string) => void) {
    this.#path = path
    this.#onProblem = onProblem
    this.taken = this.#take()
  }

  /** Writes them where many are new: who opens a large database for one write need not write all of them. */
  save(): void {
    const { table, news } = this.known
    if (news * few <= table.count) return
    try {
      writeTable(this.#path, table)
      this.known.news = 0
    } catch (error) {
      this.#onProblem?.(`the fingerprints of records were not kept: ${messageOf(error)}`)
    }
  }

  async close(): Promise<void> {
    await this.taken
    this.save()
  }

  async #take(): Promise<void> {
    const table = await readTable(this.#path).catch(() => undefined)
    if (table) this.known.goOnWith(table)
  }
}

/** One of so many is not. */
const few = 16

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
    return headOf(table).equals(head) ? table : undefined
  } finally {
    await file.close()
  }
}

function writeTable(path: string, table: FingerprintTable): void {
  const file = openSync(path, 'w')
  try {
    writevSync(file, [headOf(table), bytesOf(table.words)])
  } finally {
    closeSync(file)
  }
}

function headOf({ words, count }: FingerprintTable): Buffer {
  return Buffer.from(`${`${format} ${count} ${crc32(bytesOf(words))}`.padEnd(headLength - 1)}\n`)
}

function bytesOf({ buffer }: Uint32Array<SharedArrayBuffer>): Buffer {
  return Buffer.from(buffer)
}
