/**
 * Tasks that one caller submits without waiting for the ones before. Where one of them cannot land, none behind it does either, so that
 * their order stays; what is tried again goes into a new one.
 */
export class Pipeline {
  #failure: { readonly error: unknown } | undefined

  /** Why one of them could not land. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
  }
}
