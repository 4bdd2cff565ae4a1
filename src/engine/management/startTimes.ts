import type { Histogram } from 'prom-client'
import type { Key } from '../key.ts'
import { partition } from './partition.ts'

/** When what runs began; the oldest is forgotten where there are too many. */
export class StartTimes {
  readonly #times = new Map<Key, number>()

  begin(key: Key, now: number): void {
    this.#times.set(key, now)
    if (this.#times.size > mostTimed) this.#times.delete(this.#times.keys().next().value!)
  }

  observe(key: Key, now: number, seconds: Histogram<'partition'>): void {
    const began = this.#times.get(key)
    if (began !== undefined) seconds.observe({ partition }, (now - began) / 1000)
  }

  end(key: Key, now: number, seconds: Histogram<'partition'>): void {
    this.observe(key, now, seconds)
    this.#times.delete(key)
  }
}

const mostTimed = 10_000
