/** OAuth access tokens until they expire: a token endpoint is rate-limited. */
export class TokenCache {
  readonly #tokens = new Map<string, { token: string; expires: number }>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  get(key: string): string | undefined {
    const found = this.#tokens.get(key)
    if (found && found.expires > this.#clock()) return found.token
    this.#tokens.delete(key)
    return undefined
  }

  /** `seconds` is the token's life; it is used until half a minute before its end. */
  set(key: string, token: string, seconds: number): void {
    if (this.#tokens.size >= 1_000) this.#tokens.clear()
    this.#tokens.set(key, { token, expires: this.#clock() + (seconds - 30) * 1_000 })
  }
}
