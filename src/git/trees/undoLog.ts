/** A state of a working tree to return to. */
export type Checkpoint = number

/** What takes back each change of a working tree, in the order of the changes. */
export class UndoLog {
  #steps: (() => void)[] = []

  push(step: () => void): void {
    this.#steps.push(step)
  }

  checkpoint(): Checkpoint {
    return this.#steps.length
  }

  /** Takes back what came after the checkpoint, the last change first. */
  restore(checkpoint: Checkpoint): void {
    while (this.#steps.length > checkpoint) this.#steps.pop()!()
  }

  /** Nobody goes back to a checkpoint from before. */
  clear(): void {
    if (this.#steps.length > 0) this.#steps = []
  }
}
