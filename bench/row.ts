import type { Result } from './report/cell.ts'

export interface RowOptions {
  /** A part of it, in seconds. */
  readonly quick: boolean
  /** Of the soak. */
  readonly minutes: number
  /** `host:port` of a Zeebe's gateway. */
  readonly zeebe?: string | undefined
  /** Tells what is being measured. */
  say(text: string): void
}

/** One row of the benchmark. */
export interface Row {
  readonly name: string
  readonly text: string
  /** Only measured where it is asked for by name. */
  readonly byNameOnly?: boolean
  /** Left out of a quick run, unless it is asked for by name. */
  readonly isSlow?: boolean
  measure(options: RowOptions): Promise<Omit<Result, 'name' | 'seconds'>>
}
