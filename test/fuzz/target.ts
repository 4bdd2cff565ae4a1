/** Something that is given bytes which anybody may have made. */
export interface Target {
  /** Honest inputs, from which others are made. */
  seeds(): readonly Buffer[]
  /** What is worth putting in: words and bytes that mean something here. */
  readonly words: readonly string[]
  /** Throws, or rejects, where what it did with the bytes is a defect: a refusal is none. */
  run(input: Buffer): void | Promise<void>
}
