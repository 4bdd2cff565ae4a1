import { appendFile, readFile, rename, stat } from 'node:fs/promises'
import { messageOf } from '../../errors.ts'
import { printableJson } from '../printable.ts'

/** A request that was refused. No secret is in it: neither headers nor bodies, and of the address its path alone. */
export interface Refused {
  readonly status: number
  readonly reason: string
  readonly method?: string
  readonly path?: string
  /** Where it came from, an IP address. */
  readonly from?: string
  /** The name of the token that was presented, where it is known. */
  readonly token?: string
}

export interface AuditOptions {
  readonly file: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Is told where lines cannot be kept. */
  readonly log: (message: string) => void
  /** Bytes of a file before it becomes `<file>.1` and a new one begins (default: 1 MiB). */
  readonly limit?: number
}

/**
 * The audit log: a line of JSON for each refused request, in two files of a bounded size. Whoever knocks faster than the disk
 * writes is counted instead.
 */
export class AuditLog {
  readonly #options: AuditOptions
  #lines: string[] = []
  #left = 0
  #writing: Promise<void> | undefined

  constructor(options: AuditOptions) {
    this.#options = options
  }

  refused({ path, ...rest }: Refused): void {
    if (this.#lines.length >= mostWaiting) this.#left++
    else
      this.#add({ ...rest, ...(path === undefined ? {} : { path: path.replace(/[?#].*/s, '').slice(0, longestPath) }) })
    this.#writing ??= this.#write()
  }

  /** The lines that are kept. */
  async read(): Promise<string> {
    await this.#writing
    const { file } = this.#options
    const texts = await Promise.all([`${file}.1`, file].map((path) => readFile(path, 'utf8').catch(emptyIfMissing)))
    return texts.join('')
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#writing
  }

  #add(entry: object): void {
    const time = new Date(this.#options.clock()).toISOString()
    this.#lines.push(`${printableJson({ time, ...entry })}\n`)
  }

  async #write(): Promise<void> {
    const { file, log, limit = 1 << 20 } = this.#options
    // What is refused in the same turn is written together.
    await Promise.resolve()
    try {
      while (this.#lines.length > 0) {
        const text = this.#lines.splice(0).join('')
        if ((await sizeOf(file)) + Buffer.byteLength(text) > limit) await rename(file, `${file}.1`).catch(ignoreMissing)
        await appendFile(file, text, { mode: 0o600 })
        if (this.#left > 0) this.#add({ reason: `${this.#left} more requests were refused` })
        this.#left = 0
      }
    } catch (error) {
      log(`the audit log ${file} cannot be written: ${messageOf(error)}`)
      this.#lines = []
    } finally {
      this.#writing = undefined
    }
  }
}

const mostWaiting = 500
/** Characters. */
const longestPath = 500

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    ignoreMissing(error)
    return 0
  }
}

function emptyIfMissing(error: unknown): string {
  ignoreMissing(error)
  return ''
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
