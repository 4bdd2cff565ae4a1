import type { Action } from './actions.ts'
import type { Expectation } from './expectations.ts'
import { type ModelFile, World } from './world.ts'

/**
 * A test of processes without a server, in virtual time:
 *
 * ```ts
 * await given(await readFile('order.bpmn', 'utf8'))
 *   .when(start('order', { id: '7' }), complete('reserve'), wait('P14D'))
 *   .then(completed('order'), passed('reserve', 'remind', 'cancel'))
 * ```
 *
 * Models are BPMN as text, or files by name (`.bpmn`, `.dmn`, `.form`). Each test has an engine of its own, which decides what the one
 * behind the gateway decides.
 */
export function given(...models: (string | ModelFile)[]): Given {
  return new Given(models)
}

export class Given {
  readonly #models: readonly (string | ModelFile)[]
  readonly #startsAt: number | undefined

  constructor(models: readonly (string | ModelFile)[], startsAt?: number) {
    this.#models = models
    this.#startsAt = startsAt
  }

  /** The clock stands at an instant (ISO 8601) when it begins; without, at 2026-01-01T00:00:00Z. */
  at(instant: string): Given {
    return new Given(this.#models, Date.parse(instant))
  }

  when(...actions: Action[]): When {
    return new When(async () => {
      const world = new World(this.#startsAt)
      await world.deploy(this.#models.map(asFile))
      return world
    }, actions)
  }
}

export class When {
  readonly #begin: () => Promise<World>
  readonly #actions: readonly Action[]

  constructor(begin: () => Promise<World>, actions: readonly Action[]) {
    this.#begin = begin
    this.#actions = actions
  }

  /**
   * Does what is given, one after the other, and then holds what came of it against what has to be so. Rejects with an AssertionError
   * that says what happened; with `invalid` where a model is refused, with `not_found` where an action finds no job.
   */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits a When itself
  async then(...expectations: Expectation[]): Promise<void> {
    const world = await this.#begin()
    for (const action of this.#actions) action(world)
    for (const expectation of expectations) expectation(world)
  }
}

function asFile(model: string | ModelFile, index: number): ModelFile {
  return typeof model === 'string' ? { name: `model-${index + 1}.bpmn`, content: model } : model
}
