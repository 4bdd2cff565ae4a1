import { timingSafeEqual } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, isExpired, parseToken, type Token } from './token.ts'
import { isTokenFile } from './tokenStore.ts'

export interface KnownTokensOptions {
  /** Where a `TokenStore` keeps them. */
  readonly folder: string
  /** A token of this process alone, which is in no file. */
  readonly own: Token
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/**
 * The tokens that open a running hub. They are read again when the folder has changed, which is asked before any request that comes (two
 * to ten microseconds); so one that was revoked is refused from the next request on. Those that came with the same look at the network
 * share the answer. A folder that cannot be read opens nothing.
 */
export class KnownTokens {
  readonly #options: KnownTokensOptions
  #byHash: ReadonlyMap<string, Token> = new Map()
  /** When the folder had last changed as it was read, and when that was; milliseconds since 1970. */
  #changed = Number.NaN
  #read = 0
  /** Whether it was asked since the last look at the network. */
  #isFresh = false

  constructor(options: KnownTokensOptions) {
    this.#options = options
  }

  /** The token of that secret; nothing where it is unknown, revoked or expired. */
  find(secret: string): Token | undefined {
    const hash = hashOf(secret)
    this.#lookOnce()
    if (!this.#byHash.has(hash)) this.#refresh(0)
    const token = this.#byHash.get(hash)
    return token && isSame(token.hash, hash) && !isExpired(token, this.#options.clock()) ? token : undefined
  }

  #lookOnce(): void {
    if (this.#isFresh) return
    this.#refresh(patience)
    this.#isFresh = true
    // It comes when all that was there to be read from the network was read.
    setImmediate(() => {
      this.#isFresh = false
    })
  }

  /** Reads the folder where it has changed, or may have within the same tick of its clock as when it was read. */
  #refresh(patience: number): void {
    const { folder, own } = this.#options
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const now = Date.now()
    if (changed === this.#changed && (this.#read - changed > coarsest || now - this.#read < patience)) return
    this.#changed = changed
    this.#read = now
    this.#byHash = new Map([own, ...tokensIn(folder)].map((token) => [token.hash, token]))
  }
}

/** Milliseconds between two readings of a folder that changed just now. */
const patience = 20

/** Milliseconds: file systems tell times so coarsely that two changes within it may look like one. */
const coarsest = 2_000

function tokensIn(folder: string): Token[] {
  try {
    return readdirSync(folder)
      .filter(isTokenFile)
      .flatMap((file) => parseToken(readFileSync(join(folder, file), 'utf8')) ?? [])
  } catch {
    return []
  }
}

/** In constant time: what the map compares is a hash, which nobody can steer; this is the second lock. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
