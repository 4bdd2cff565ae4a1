/** The promise of a call, which knows whether anybody waits for it. Nobody has to: its failure is then for `finish` to tell. */
export class Answer<T> extends Promise<T> {
  /** What `then` gives is a plain promise: who waits for that is known here already. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  #isAwaited = false

  static of<T>(result: Promise<T>): Answer<T> {
    const answer = new Answer<T>((resolve) => resolve(result))
    Promise.prototype.then.call(answer, undefined, () => {})
    return answer
  }

  get isAwaited(): boolean {
    return this.#isAwaited
  }

  // biome-ignore lint/suspicious/noThenProperty: to be told of `await`, which calls it.
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isAwaited = true
    return super.then(fulfilled, rejected)
  }
}
