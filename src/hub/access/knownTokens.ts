import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, isExpired, parseToken, type Token } from './token.ts'
import { isTokenFile, type TokenStore } from './tokenStore.ts'

export interface KnownTokensOptions {
  readonly store: Pick<TokenStore, 'folder' | 'changes'>
  /** A token of this process alone, which is in no file. */
  readonly own: Token
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Milliseconds that only grow (default: the system's). */
  readonly elapsed?: () => number
}

/**
 * The tokens that open a running hub. They are read again when the folder has changed: of what this process changes that is known at
 * once, and for what another did it is asked before a request, unless that was done in the last milliseconds (it takes four to ten
 * microseconds). So one that another process revoked is refused 5 ms later, or 25 ms where the folder was read within the tick of its time
 * in which that was done. A folder that cannot be read opens nothing.
 */
export class KnownTokens {
  readonly #options: KnownTokensOptions
  readonly #elapsed: () => number
  #byHash: ReadonlyMap<string, Token> = new Map()
  /** When the folder had last changed as it was read (milliseconds since 1970), and whether a later change is sure to show there. */
  #changed = Number.NaN
  #settled = false
  /** When it was read. */
  #read = 0
  /** When it was asked last, and which of the store's changes were known then. */
  #asked = Number.NEGATIVE_INFINITY
  #changes = 0

  constructor(options: KnownTokensOptions) {
    this.#options = options
    this.#elapsed = options.elapsed ?? (() => performance.now())
  }

  /** The token of that secret; nothing where it is unknown, revoked or expired. */
  find(secret: string): Token | undefined {
    const hash = hashOf(secret)
    this.#lookNowAndThen()
    if (!this.#byHash.has(hash)) this.#refresh(0)
    const token = this.#byHash.get(hash)
    return token && !isExpired(token, this.#options.clock()) ? token : undefined
  }

  #lookNowAndThen(): void {
    const { changes } = this.#options.store
    const now = this.#elapsed()
    if (changes === this.#changes && now - this.#asked < freshFor) return
    this.#refresh(changes === this.#changes ? patience : 0)
    this.#changes = changes
    this.#asked = now
  }

  /** Reads the folder where it has changed, or may have within the same tick of its clock as when it was read. */
  #refresh(patience: number): void {
    const { store, own } = this.#options
    const { folder } = store
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const now = this.#elapsed()
    if (changed === this.#changed && (this.#settled || now - this.#read < patience)) return
    this.#changed = changed
    this.#settled = Date.now() - changed > coarsest
    this.#read = now
    this.#byHash = new Map([own, ...tokensIn(folder)].map((token) => [token.hash, token]))
  }
}

/** Milliseconds for which the folder is not asked again whether it has changed. */
const freshFor = 5

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
