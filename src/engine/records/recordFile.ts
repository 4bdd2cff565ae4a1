import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CommitbaseError } from '../../errors.ts'
import type { RecordLine } from './record.ts'

/**
 * A file of records, one a line: each record of the engine once, in order, however the process ended. A batch's lines
 * are durable in a file beside it (`<path>.next`) before the state is that knows of them, and are appended after; what
 * an end in between left undone is done at the next start, and a batch that never became durable is dropped.
 */
export class RecordFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #next: FileHandle
  /** Bytes of whole lines. */
  #length: number
  /** The position of the last line. */
  #last: number
  #unwritten: RecordLine[] = []

  private constructor(path: string, file: FileHandle, next: FileHandle, end: { length: number; last: number }) {
    this.#path = path
    this.#file = file
    this.#next = next
    this.#length = end.length
    this.#last = end.last
  }

  /** Throws `invalid` where the file holds records that the engine does not know of, `unavailable` where it cannot be opened. */
  static async open(path: string, position: number): Promise<RecordFile> {
    const file = await openToAppend(path)
    const next = await openToAppend(`${path}.next`)
    try {
      const records = new RecordFile(path, file, next, await endOf(file, path, position))
      await records.recover(position)
      return records
    } catch (error) {
      await file.close()
      await next.close()
      throw error
    }
  }

  async prepare(lines: readonly RecordLine[]): Promise<void> {
    await this.#append()
    await this.#file.datasync()
    const bytes = bytesOf(lines)
    await this.#next.truncate(0)
    await this.#next.write(bytes, 0, bytes.length, 0)
    await this.#next.datasync()
  }

  async publish(lines: readonly RecordLine[]): Promise<void> {
    this.#unwritten.push(...lines)
    await this.#append()
  }

  /** Appends what was prepared and is known at `position`; gives it. */
  async recover(position: number): Promise<RecordLine[]> {
    const prepared = linesOf(await readWhole(this.#next))
    this.#unwritten = prepared.filter((line) => line.position > this.#last && line.position <= position)
    const recovered = this.#unwritten
    await this.#append()
    return recovered
  }

  async close(): Promise<void> {
    try {
      await this.#append()
      await this.#file.datasync()
    } finally {
      await this.#file.close()
      await this.#next.close()
    }
  }

  /** At the end of the last whole line: what a failed attempt left is written over. */
  async #append(): Promise<void> {
    const lines = this.#unwritten
    if (lines.length === 0) return
    const bytes = bytesOf(lines)
    try {
      await this.#file.write(bytes, 0, bytes.length, this.#length)
    } catch (error) {
      throw new CommitbaseError('unavailable', `cannot write records to '${this.#path}': ${error}`, { cause: error })
    }
    this.#length += bytes.length
    this.#last = lines.at(-1)!.position
    this.#unwritten = []
  }
}

async function openToAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT)
  } catch (error) {
    throw new CommitbaseError('unavailable', `cannot open '${path}' for records: ${error}`, { cause: error })
  }
}

/** Cuts off a line that was not written whole. */
async function endOf(file: FileHandle, path: string, position: number): Promise<{ length: number; last: number }> {
  const { size } = await file.stat()
  let tail = Buffer.alloc(0)
  for (let from = size; from > 0; ) {
    const start = Math.max(0, from - tailBytes)
    const part = Buffer.alloc(from - start)
    await file.read(part, 0, part.length, start)
    tail = Buffer.concat([part, tail])
    from = start
    const whole = tail.lastIndexOf(newline) + 1
    const before = tail.subarray(0, Math.max(whole - 1, 0)).lastIndexOf(newline) + 1
    if (whole > 0 && (before > 0 || from === 0)) {
      const length = size - tail.length + whole
      const last = positionOf(tail.subarray(before, whole - 1).toString(), path)
      if (last > position) throw anotherEngines(path, last, position)
      await file.truncate(length)
      return { length, last }
    }
  }
  await file.truncate(0)
  return { length: 0, last: 0 }
}

const tailBytes = 64 * 1024
const newline = 0x0a

function positionOf(line: string, path: string): number {
  const [found] = linesOf(line)
  if (found !== undefined) return found.position
  throw new CommitbaseError('invalid', `'${path}' holds no records: its last line is no JSON with a position`)
}

function anotherEngines(path: string, last: number, position: number): CommitbaseError {
  const message = `the records in '${path}' are another engine's: they end at position ${last}, this engine's at ${position}; choose another file`
  return new CommitbaseError('invalid', message)
}

function linesOf(text: string): RecordLine[] {
  return text.split('\n').flatMap((json) => {
    const position = /"position":(\d+),"operationReference":-?\d+\}$/.exec(json)?.[1]
    return position === undefined ? [] : [{ position: Number(position), json }]
  })
}

function bytesOf(lines: readonly RecordLine[]): Buffer {
  return Buffer.from(lines.map(({ json }) => `${json}\n`).join(''))
}

async function readWhole(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(size)
  await file.read(bytes, 0, size, 0)
  return bytes.toString()
}
