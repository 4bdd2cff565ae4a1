import type { Edit } from './delta.ts'

/** What changed in a tree since its last version: nothing, some places, or more than a small delta can say. */
export class Edits {
  #edits: readonly Edit[] | 'many' = none

  /** Several ids in place are one delta still; with anything else there is more to say. */
  add(edit: Edit): void {
    if (this.#edits === 'many') return
    if (this.#edits.length === 0) this.#edits = [edit]
    else if (edit.removed !== edit.added || this.#edits.some(({ removed, added }) => removed !== added)) this.lose()
    else this.#addInPlace(this.#edits, edit)
  }

  /** The same bytes again are no news; others that overlap have no place of their own in the last version. */
  #addInPlace(edits: readonly Edit[], edit: Edit): void {
    const other = edits.find((other) => overlap(edit, other))
    if (!other) this.#edits = [...edits, edit]
    else if (other.at !== edit.at || other.removed !== edit.removed) this.lose()
  }

  /** Several at once, each where it is in the last version. */
  addAll(edits: readonly Edit[]): void {
    if (this.#edits.length === 0) this.#edits = edits
    else this.lose()
  }

  /** Nobody knows what differs any more. */
  lose(): void {
    this.#edits = 'many'
  }

  /** What changed since the last version, where a small delta may say it; from here on that is the last version. */
  take(): readonly Edit[] | undefined {
    const edits = this.#edits
    this.#edits = none
    return edits === 'many' || edits.length === 0 ? undefined : edits
  }
}

const none: readonly Edit[] = []

function overlap(one: Edit, other: Edit): boolean {
  return one.at < other.at + other.removed && other.at < one.at + one.removed
}
