import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { hashOf, isName, isScope, newSecret, parseToken, type Scope, scopes, type Token } from './token.ts'

export interface TokenOrder {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly repository: string
  /** Milliseconds since 1970; `null`: never. */
  readonly expires: number | null
}

/**
 * A hub's tokens: a file each, `<name>.json`, in a folder that only its owner can look into. Making and taking away one is one
 * call to the file system, so that processes need not agree, and a running hub sees it (`KnownTokens`).
 */
export class TokenStore {
  readonly folder: string
  readonly #clock: () => number
  #changes = 0

  constructor(folder: string, clock: () => number) {
    this.folder = folder
    this.#clock = clock
  }

  /** How many were made and taken away here. */
  get changes(): number {
    return this.#changes
  }

  /** Makes the folder, or shuts it to others where it stood open. Throws `unavailable` where that cannot be done. */
  async open(): Promise<this> {
    try {
      await mkdir(this.folder, { mode: 0o700, recursive: true })
      await chmod(this.folder, 0o700)
      for (const file of await this.#files()) await chmod(join(this.folder, file), 0o600)
      return this
    } catch (error) {
      throw new CommitbaseError('unavailable', `the tokens in ${this.folder} cannot be kept: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  /** Makes a token, and gives its secret, which is kept nowhere. Throws `invalid` for an order that is none, `conflict` where the name is taken. */
  async create(order: TokenOrder): Promise<{ secret: string; token: Token }> {
    checkOrder(order, this.#clock())
    const secret = newSecret()
    const { name, scopes, repository, expires } = order
    const token: Token = {
      name,
      hash: hashOf(secret),
      scopes: [...new Set(scopes)],
      repository,
      created: new Date(this.#clock()).toISOString(),
      expires: expires === null ? null : new Date(expires).toISOString(),
    }
    await this.add(token)
    return { secret, token }
  }

  /** Keeps a token. Throws `conflict` where the name is taken. */
  async add(token: Token): Promise<void> {
    const file = this.#fileOf(token.name)
    const temporary = join(this.folder, `.${token.name}.${process.pid}`)
    try {
      // The name is taken first, by an empty file, which is no token.
      await (await open(file, 'wx', 0o600)).close()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new CommitbaseError(
        'conflict',
        `there is a token '${token.name}' already; choose another name, or revoke it first`,
      )
    }
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(token, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    this.#changes++
  }

  /** All tokens by name, expired ones too. */
  async list(): Promise<Token[]> {
    const texts = (await this.#files()).sort().map((file) => readFile(join(this.folder, file), 'utf8'))
    return (await Promise.all(texts)).flatMap((text) => parseToken(text) ?? [])
  }

  /** Takes a token away: the next request with it is refused, by a hub in another process 25 ms later at most. Throws `not_found` where there is none of that name. */
  async revoke(name: string): Promise<void> {
    if (isName(name) && (await this.#files()).includes(`${name}.json`)) return this.#remove(name)
    const names = (await this.list()).map((token) => token.name)
    const there = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`
    throw new CommitbaseError('not_found', `there is no token '${name}'; ${there}`)
  }

  async #remove(name: string): Promise<void> {
    await rm(this.#fileOf(name))
    this.#changes++
  }

  #fileOf(name: string): string {
    return join(this.folder, `${name}.json`)
  }

  async #files(): Promise<string[]> {
    return (await readdir(this.folder)).filter(isTokenFile)
  }
}

export function isTokenFile(name: string): boolean {
  return name.endsWith('.json') && isName(name.slice(0, -'.json'.length))
}

function checkOrder({ name, scopes: asked, repository, expires }: TokenOrder, now: number): void {
  if (!isName(name))
    throw new CommitbaseError(
      'invalid',
      `a token's name has 1 to 64 characters of A-Z a-z 0-9 . _ -, the first a letter or digit; got '${name}'`,
    )
  const other = asked.find((scope) => !isScope(scope))
  if (other !== undefined || asked.length === 0)
    throw new CommitbaseError('invalid', `a token's scopes are of ${scopes.join(', ')}; got '${other ?? ''}'`)
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new CommitbaseError('invalid', `a repository is called owner/name; got '${repository}'`)
  if (expires !== null && !(expires > now))
    throw new CommitbaseError('invalid', 'a token must expire in the future, or never')
}
