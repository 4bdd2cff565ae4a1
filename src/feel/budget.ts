/**
 * How much one evaluation may do: whoever wrote the expression, it ends within a third of a second or so and takes no memory with it. A step is about
 * what one node of an expression costs, an item of a list that is made, or eight characters of a text: some 60 ns.
 */
export class Budget {
  #left = mostSteps
  readonly #done = new Set<string>()

  /** Throws OverBudget. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new OverBudget(`it took more than ${mostSteps} steps`)
  }

  /** For what is kept once it is done. Throws OverBudget. */
  spendOnce(what: string, steps: number): void {
    if (this.#done.has(what)) return
    this.spend(steps)
    this.#done.add(what)
  }

  /** For a text that is made. Throws OverBudget. */
  spendText(characters: number): void {
    if (characters > mostCharacters) throw tooLarge()
    this.spend(characters / 8)
  }
}

/** The evaluation was given up. */
export class OverBudget extends Error {}

const mostSteps = 5_000_000

/** Characters and values of a result, or of a text on the way to it. An engine takes 4 MB. */
export const mostCharacters = 4 << 20

/** Lists in lists in lists. */
const deepest = 1_000

/** What a result may still have: the same list put into itself twenty times is a million values. */
export class Room {
  #left = mostCharacters

  take(size: number, depth: number): void {
    this.#left -= size
    if (this.#left < 0) throw tooLarge()
    if (depth > deepest) throw new OverBudget(`it is nested more than ${deepest} levels deep`)
  }
}

function tooLarge(): OverBudget {
  return new OverBudget(`it became larger than ${mostCharacters} characters`)
}
