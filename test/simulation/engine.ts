import { CommitbaseError } from '../../src/errors.ts'
import type { Message } from '../../src/events/messages/message.ts'

/** Something that the engine was asked at that moment. */
export interface Asked {
  readonly at: number
  readonly messageId: string
  readonly answer: 'taken' | 'refused' | 'away'
}

/** Milliseconds from and to. */
export type Absence = readonly [from: number, to: number]

/** A message of that name is refused for good. */
export const poison = 'POISON'

/** The engine: it takes messages, refuses some for good, and is away now and then. */
export class Engine {
  readonly asked: Asked[] = []
  readonly #now: () => number
  absences: readonly Absence[]

  constructor(now: () => number, absences: readonly Absence[]) {
    this.#now = now
    this.absences = absences
  }

  async publish({ name, messageId }: Message): Promise<void> {
    const at = this.#now()
    const isAway = this.absences.some(([from, to]) => from <= at && at < to)
    const answer = isAway ? 'away' : name === poison ? 'refused' : 'taken'
    this.asked.push({ at, messageId, answer })
    if (answer === 'away') throw new CommitbaseError('unavailable', 'the engine is away')
    if (answer === 'refused') throw new CommitbaseError('invalid', `the engine knows no message ${name}`)
  }
}
