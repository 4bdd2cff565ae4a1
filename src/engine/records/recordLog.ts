import { CommitbaseError } from '../../errors.ts'
import type { RecordLine, ZeebeRecord } from './record.ts'
import { RecordFile } from './recordFile.ts'

export interface RecordOptions {
  /** Where every record is appended as a line of JSON. */
  readonly file?: string
  /** How many of the last ones are kept in memory for those who come later; default 10,000. */
  readonly keep?: number
}

export interface ReadOptions {
  /** The first position; default: the oldest one that is kept. */
  readonly from?: number
  /** Whether it goes on with those to come; default true. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/** An engine's records, for those who live in the same process. */
export interface Records {
  /**
   * From its first `next()` on: the records that are kept from `from` on, and then each new one when it is durable. Throws `not_found` where they
   * are not kept any more, and `unavailable` for a reader who fell behind those who are kept: nobody's slowness takes memory.
   */
  read(options?: ReadOptions): AsyncIterable<RecordLine>
}

const keptByDefault = 10_000

/** Hands out records, once they are durable: to a file, and to who reads. While nobody wants them, none are made. */
export class RecordLog implements Records {
  readonly #file: RecordFile | undefined
  readonly #always: boolean
  readonly #kept: RecordLine[] = []
  readonly #keep: number
  #oldest: number
  #next: number
  #readers = 0
  #closed = false
  #changed = Promise.withResolvers<void>()

  private constructor(options: RecordOptions | undefined, file: RecordFile | undefined, position: number) {
    this.#always = options !== undefined
    this.#keep = options?.keep ?? keptByDefault
    this.#file = file
    this.#oldest = position + 1
    this.#next = position + 1
  }

  /** `position`: of the last record that the engine's state knows of. Without options, records are made while somebody reads. */
  static async open(options: RecordOptions | undefined, position: number): Promise<RecordLog> {
    const file = options?.file === undefined ? undefined : await RecordFile.open(options.file, position)
    return new RecordLog(options, file, position)
  }

  get wanted(): boolean {
    return this.#always || this.#readers > 0
  }

  /** Before the state is saved that knows of these records: they are found again should the process end in between. */
  async prepare(records: readonly ZeebeRecord[]): Promise<RecordLine[]> {
    const lines = records.map((record) => ({ position: record.position, json: JSON.stringify(record) }))
    if (lines.length > 0) await this.#file?.prepare(lines)
    return lines
  }

  /** After: readers have them at once, the file when it resolves. What could not be written is written with the next. */
  async publish(lines: readonly RecordLine[]): Promise<void> {
    if (lines.length === 0) return
    for (const line of lines) this.#add(line)
    this.#wake()
    await this.#file?.publish(lines)
  }

  /** The state was loaded again: what was prepared counts where the state knows of it. */
  async recover(position: number): Promise<void> {
    const lines = (await this.#file?.recover(position)) ?? []
    for (const line of lines) if (line.position >= this.#next) this.#add(line)
    if (this.#next <= position) this.#forgetBefore(position + 1)
    this.#wake()
  }

  read({ from, ...how }: ReadOptions = {}): AsyncGenerator<RecordLine> {
    return this.#readOn(this.#startOf(from), how)
  }

  async *#readOn(start: number, { follow = true, signal }: ReadOptions): AsyncGenerator<RecordLine> {
    let next = start
    const end = follow ? Number.POSITIVE_INFINITY : this.#next
    this.#readers += 1
    const left = (): void => this.#wake()
    signal?.addEventListener('abort', left)
    try {
      while (next < end && !this.#closed && !signal?.aborted) {
        if (next < this.#oldest) throw fellBehind(next, this.#oldest)
        if (next >= this.#next) await this.#changed.promise
        else yield this.#kept[next++ % this.#keep]!
      }
    } finally {
      signal?.removeEventListener('abort', left)
      this.#readers -= 1
      if (!this.wanted) this.#forgetBefore(this.#next)
    }
  }

  /** Readers end. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wake()
    await this.#file?.close()
  }

  #startOf(from: number | undefined): number {
    if (from === undefined) return this.#oldest
    if (from >= this.#oldest) return from
    const kept = this.#oldest < this.#next ? `those from ${this.#oldest} on are` : 'none is at the moment'
    throw new CommitbaseError('not_found', `the record at position ${from} is not kept any more; ${kept}`)
  }

  #add(line: RecordLine): void {
    this.#kept[line.position % this.#keep] = line
    this.#next = line.position + 1
    this.#oldest = Math.max(this.#oldest, this.#next - this.#keep)
  }

  #forgetBefore(position: number): void {
    this.#oldest = position
    this.#next = position
    this.#kept.length = 0
  }

  #wake(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}

function fellBehind(next: number, oldest: number): CommitbaseError {
  const message = `the reader fell behind: the records from ${next} to ${oldest - 1} are not kept any more; read again from ${oldest} on`
  return new CommitbaseError('unavailable', message)
}
