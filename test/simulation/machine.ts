import { seeded } from '../../src/git/testing/seeded.ts'

/** A process of the simulation. What it does between two steps happens at one moment; it ends or sleeps at a step. */
export interface SimulatedProcess {
  readonly name: string
  /** How many steps it has gone on with. */
  steps: number
  /** It never goes on again. */
  isDead: boolean
  /** Nothing of it goes on before. */
  sleepsUntil: number
  /** Called before it goes on with a step: it may end or sleep just there. */
  readonly beforeStep?: (process: SimulatedProcess) => void
}

export interface StartOptions {
  readonly milliseconds?: number
  /** Instead, where the process is dead. */
  readonly orphaned?: () => void
}

/** What a process waits for. */
export interface Step {
  at: number
  readonly order: number
  readonly process: SimulatedProcess | undefined
  readonly run: () => void
  /** Instead, where the process is dead: what is under way to a server may get there. */
  readonly orphaned: (() => void) | undefined
}

/**
 * One computer with a virtual clock: processes wait for steps, and it goes on with one step at a time, the earliest first. Of
 * those at the same moment the seed says which is first. The same seed gives the same run.
 */
export class Machine {
  readonly random: () => number
  /** Milliseconds since it began. */
  now = 0
  readonly #steps = new Set<Step>()
  /** Whose step it was last. All that runs before the next step belongs to it: processes share no promises. */
  #current: SimulatedProcess | undefined

  constructor(seed: number) {
    this.random = seeded(seed)
  }

  /** Has a process do something after that many milliseconds; all steps that are asked for in there, however deep, are its own. */
  start(process: SimulatedProcess, work: () => void, { milliseconds = 0, orphaned }: StartOptions = {}): void {
    this.#add({ at: this.now + milliseconds, order: this.random(), process, run: work, orphaned })
  }

  /** Has the current process go on after that many milliseconds. */
  after(milliseconds: number, run: () => void, orphaned?: () => void): Step {
    const at = this.now + Math.max(milliseconds, 0)
    return this.#add({ at, order: this.random(), process: this.#current, run, orphaned })
  }

  /** False where it had its turn already. */
  cancel(step: Step): boolean {
    return this.#steps.delete(step)
  }

  /** Goes on until it is done or nobody waits any more. False where it is not done within that many milliseconds of the virtual clock. */
  async run(isDone: () => boolean, limit: number): Promise<boolean> {
    const end = this.now + limit
    for (;;) {
      await settled()
      if (isDone()) return true
      const step = this.#next()
      if (!step || step.at > end) return false
      this.now = Math.max(this.now, step.at)
      this.#goOn(step)
    }
  }

  #add(step: Step): Step {
    this.#steps.add(step)
    return step
  }

  #goOn(step: Step): void {
    const { process } = step
    this.#current = process
    if (process && !process.isDead) {
      if (process.sleepsUntil <= this.now) {
        process.steps++
        process.beforeStep?.(process)
      }
      if (!process.isDead && process.sleepsUntil > this.now) {
        step.at = process.sleepsUntil
        return
      }
    }
    this.#steps.delete(step)
    if (!process?.isDead) step.run()
    else step.orphaned?.()
  }

  #next(): Step | undefined {
    let first: Step | undefined
    for (const step of this.#steps)
      if (!first || step.at < first.at || (step.at === first.at && step.order < first.order)) first = step
    return first
  }
}

/** When all that can go on without a step has done so: Node has run every microtask before a tick. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
