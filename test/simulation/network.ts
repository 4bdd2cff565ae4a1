import { CommitbaseError } from '../../src/errors.ts'
import type { Machine } from './machine.ts'
import type { Trace } from './trace.ts'

/** What may happen to a request, as parts of 1. */
export interface NetworkWeather {
  /** Milliseconds of one way: any between the two, short ones as often as long ones. */
  readonly fastest: number
  readonly slowest: number
  /** The request does not get there. */
  readonly unreachable: number
  /** It gets there and is done, and who asked is told of an error. */
  readonly lostAnswer: number
}

export const fairWeather: NetworkWeather = { fastest: 20, slowest: 200, unreachable: 0, lostAnswer: 0 }

/** The way between a process and a server. */
export class Network {
  weather: NetworkWeather
  readonly #machine: Machine
  readonly #trace: Trace

  constructor(machine: Machine, weather: NetworkWeather, trace: Trace) {
    this.#machine = machine
    this.#trace = trace
    this.weather = weather
  }

  /** Has the server do it once it gets there. Throws `unavailable` where nothing came back. */
  async ask<T>(what: string, serve: () => Promise<T>): Promise<T> {
    const { unreachable, lostAnswer } = this.weather
    const fate = this.#machine.random()
    if (fate < unreachable) return await this.#fail(what, 'does not get there')
    const answer = await this.#arrive(what, serve)
    if (fate < unreachable + lostAnswer) return await this.#fail(what, 'is done, and its answer gets lost')
    await this.#pass()
    return await answer
  }

  /** A request that is under way when its process dies may get there all the same. */
  #arrive<T>(what: string, serve: () => Promise<T>): Promise<T> {
    const isUnderWay = this.#machine.random() < 0.5
    return new Promise((resolve, reject) => {
      const arrive = () => {
        this.#trace(what)
        serve().then(resolve, reject)
      }
      this.#machine.after(this.#latency(), arrive, isUnderWay ? arrive : undefined)
    })
  }

  async #fail(what: string, how: string): Promise<never> {
    this.#trace(`${what}: ${how}`)
    await this.#pass()
    throw new CommitbaseError('unavailable', `the network is down: ${what} ${how}`)
  }

  #pass(): Promise<void> {
    return new Promise((resolve) => this.#machine.after(this.#latency(), resolve))
  }

  #latency(): number {
    const { fastest, slowest } = this.weather
    return fastest * (slowest / fastest) ** this.#machine.random()
  }
}
