import type { Clock } from './clock.ts'

/** Milliseconds until it is tried again after something failed. */
const pauseAfterFault = 1_000

/** Rings when something is due, and not again before what it rang for was done. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #set: { due: number; cancel: () => void } | undefined
  #ringing = false
  #pause: NodeJS.Timeout | undefined
  #closed = false

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** To ring at `due` (milliseconds since the epoch) instead of when it was set to before; undefined: not at all. */
  set(due: number | undefined): void {
    if (this.#set?.due === due) return
    this.#unset()
    if (due === undefined || this.#ringing || this.#pause !== undefined || this.#closed) return
    this.#set = { due, cancel: this.#clock.at(due, () => this.#rings()) }
  }

  /** What it rang for was done: it may be set again. */
  done(): void {
    this.#ringing = false
  }

  /** Something failed: it rings after a pause, whatever is due. */
  pause(): void {
    if (this.#closed || this.#pause !== undefined) return
    this.#unset()
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#rings()
    }, pauseAfterFault)
  }

  close(): void {
    this.#closed = true
    this.#unset()
    clearTimeout(this.#pause)
  }

  #rings(): void {
    this.#set = undefined
    this.#ringing = true
    this.#ring()
  }

  #unset(): void {
    this.#set?.cancel()
    this.#set = undefined
  }
}
