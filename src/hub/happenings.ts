import type { Happening } from './happening.ts'

export type Listener = (happening: Happening, id: string) => void

interface Told {
  readonly id: string
  readonly happening: Happening
}

/** Tells listeners what happens, and keeps the last thousand for one who comes back. */
export class Happenings {
  readonly #prefix: string
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Set<Listener>()
  readonly #last: Happening[] = []
  #count = 0

  /** `run` tells the ids of this run from those of another. */
  constructor(run: string, onError: (error: unknown) => void) {
    this.#prefix = run
    this.#onError = onError
  }

  /** Gives what ends the listening. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(happening: Happening): void {
    this.#count++
    this.#last.push(happening)
    if (this.#last.length > kept) this.#last.shift()
    const told = { id: this.#idOf(this.#count), happening }
    for (const listener of this.#listeners) this.#call(listener, told)
  }

  /** What was told after that id, as far as it is kept; nothing for an id of another run. */
  after(id: string): readonly Told[] {
    const [, run, number] = /^(.*)-(\d+)$/.exec(id) ?? []
    const missed = this.#count - Number(number)
    if (run !== this.#prefix || missed <= 0) return []
    const last = this.#last.slice(-missed)
    const before = this.#count - last.length
    return last.map((happening, place) => ({ id: this.#idOf(before + place + 1), happening }))
  }

  #idOf(number: number): string {
    return `${this.#prefix}-${number}`
  }

  /** A listener that fails takes nobody with it. */
  #call(listener: Listener, { id, happening }: Told): void {
    try {
      listener(happening, id)
    } catch (error) {
      this.#onError(error)
    }
  }
}

const kept = 1_000
