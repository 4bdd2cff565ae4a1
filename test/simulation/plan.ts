import { seeded } from '../../src/git/testing/seeded.ts'
import type { Absence } from './engine.ts'
import { fairWeather, type NetworkWeather } from './network.ts'

/** What an event does: the kinds of handlers and operations of the simulated world (`handlers.ts`). */
export type Kind = 'add' | 'flaky' | 'refused' | 'slow' | 'poison' | 'upsert' | 'read'

export interface PlannedEvent {
  readonly id: string
  readonly kind: Kind
  readonly correlation: string
  readonly amount: number
}

export interface PlannedProcess {
  readonly name: string
  /** A run with events, or one that only sends again what is owed. */
  readonly work: 'run' | 'resend'
  /** Of which module its handlers are. */
  readonly module: Module
  readonly sends: readonly PlannedEvent[]
  /** Knows an engine to send messages to. */
  readonly publishes: boolean
  /** Milliseconds. */
  readonly starts: number
  /** What its clock is ahead, in milliseconds. */
  readonly skew: number
  /** It dies before this step. */
  readonly diesAt?: number
  /** It sleeps before this step, for that many milliseconds. */
  readonly sleeps?: { readonly at: number; readonly milliseconds: number }
}

export type Module = 'a' | 'b'

/** All that happens with a seed, but for the order of steps. */
export interface Plan {
  readonly seed: number
  readonly weather: NetworkWeather
  readonly absences: readonly Absence[]
  readonly processes: readonly PlannedProcess[]
  /** Where the processes send to a hub instead of writing themselves: the steps at which it, and each that comes after it, dies. */
  readonly hubDeaths?: readonly number[]
}

/** What the seed says. */
export function planOf(seed: number): Plan {
  return new Planner(seed).plan()
}

interface Mood {
  /** Requests get lost, and processes die and sleep. */
  readonly isRough: boolean
  /** All begin at about the same time. */
  readonly isCrowded: boolean
}

class Planner {
  readonly #seed: number
  readonly #random: () => number

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seeded(seed ^ 0x5eed)
  }

  plan(): Plan {
    const isRough = this.#random() < 0.6
    const isCrowded = this.#random() < 0.4
    const hasHub = this.#random() < 0.15
    const events = this.#many(isCrowded ? this.#between(4, 6) : this.#between(1, 6), (index) => this.#event(index))
    const processes = this.#many(this.#between(2, 7), (index) =>
      this.#process(`run-${index + 1}`, events, { isRough, isCrowded }),
    )
    return {
      seed: this.#seed,
      weather: isRough ? this.#roughWeather() : fairWeather,
      absences: this.#random() < 0.4 ? [this.#absence()] : [],
      processes: [...processes, ...processes.flatMap((process) => this.#again(process))],
      ...(hasHub ? { hubDeaths: isRough ? this.#many(this.#between(1, 3), () => this.#between(1, 150)) : [] } : {}),
    }
  }

  #event(index: number): PlannedEvent {
    return {
      id: `event-${index + 1}`,
      kind: this.#oneOf(kinds),
      correlation: this.#oneOf(['order-1', 'order-2']),
      amount: this.#between(1, 9),
    }
  }

  #process(name: string, events: readonly PlannedEvent[], { isRough, isCrowded }: Mood): PlannedProcess {
    const starts = this.#random() * (isCrowded ? 100 : this.#random() < 0.7 ? 500 : 60_000)
    return {
      name,
      work: this.#random() < 0.05 ? 'resend' : 'run',
      module: this.#random() < 0.7 ? 'a' : 'b',
      sends: this.#many(this.#random() < 0.7 ? 1 : 2, () => this.#asSent(this.#oneOf(events))),
      publishes: this.#random() < 0.8,
      starts,
      skew: this.#random() < 0.5 ? 0 : (this.#random() - 0.5) * 60_000,
      ...(isRough && this.#random() < 0.35 ? { diesAt: this.#step() } : {}),
      ...(isRough && this.#random() < 0.25 ? { sleeps: { at: this.#step(), milliseconds: this.#sleep() } } : {}),
    }
  }

  /** Now and then somebody sends other content under the same id. */
  #asSent(event: PlannedEvent): PlannedEvent {
    return this.#random() < 0.05 ? { ...event, amount: event.amount + 10 } : event
  }

  /** Somebody runs it again. */
  #again(process: PlannedProcess): PlannedProcess[] {
    if (this.#random() >= (process.diesAt === undefined ? 0.1 : 0.6)) return []
    const { diesAt: _, sleeps: __, ...rest } = process
    return [{ ...rest, name: `${process.name}-again`, starts: process.starts + this.#random() * 90_000 }]
  }

  #roughWeather(): NetworkWeather {
    const [fastest, slowest] = this.#oneOf([
      [1, 100],
      [20, 200],
      [1, 5_000],
    ] as const)
    const [unreachable, lostAnswer] = [this.#oneOf([0, 0.01, 0.03]), this.#oneOf([0, 0.02, 0.1])]
    return { fastest, slowest, unreachable, lostAnswer }
  }

  #absence(): Absence {
    const from = this.#random() * 30_000
    return [from, from + this.#random() * 60_000]
  }

  #step(): number {
    return this.#between(1, this.#random() < 0.5 ? 15 : 60)
  }

  /** Often longer than others' patience, of twenty seconds. */
  #sleep(): number {
    return 1_000 * 60 ** this.#random()
  }

  #many<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index))
  }

  #oneOf<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!
  }

  #between(lowest: number, highest: number): number {
    return lowest + Math.floor(this.#random() * (highest - lowest + 1))
  }
}

const kinds: readonly Kind[] = ['add', 'add', 'add', 'add', 'flaky', 'refused', 'slow', 'poison', 'upsert', 'read']
