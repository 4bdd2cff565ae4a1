import { randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, open, readFile, rename } from 'node:fs/promises'
import { CommitbaseError } from '../errors.ts'

/** What the bearer of a token may do: `write` includes `read`. */
export type Permission = 'read' | 'write'

export type Tokens = Readonly<Record<Permission, string>>

/**
 * The hub's two tokens, made when the file is not there. Only the file's owner may read it. Throws `invalid` where the file
 * holds something else, `unavailable` where it cannot be read or written.
 */
export async function openTokens(file: string): Promise<Tokens> {
  const text = await readIfThere(file)
  if (text === undefined) return makeTokens(file)
  await chmod(file, 0o600)
  return parseTokens(file, text)
}

/** What a token allows; nothing where it is unknown. */
export type PermissionOf = (presented: string) => Permission | undefined

/** Judges by those tokens. It takes the same time whether none, one or all characters of a token are right. */
export function createPermissionOf(tokens: Tokens): PermissionOf {
  const [write, read] = [Buffer.from(tokens.write), Buffer.from(tokens.read)]
  return (presented) => {
    const bytes = Buffer.from(presented)
    const [mayWrite, mayRead] = [isEqual(write, bytes), isEqual(read, bytes)]
    if (mayWrite) return 'write'
    return mayRead ? 'read' : undefined
  }
}

/** How long a token is, is no secret. */
function isEqual(token: Buffer, presented: Buffer): boolean {
  return token.length === presented.length && timingSafeEqual(token, presented)
}

async function makeTokens(file: string): Promise<Tokens> {
  const tokens = { write: makeToken('write'), read: makeToken('read') }
  const temporary = `${file}.${process.pid}`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(tokens, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  return tokens
}

/** A name in front tells a person, and a scanner for secrets, what they found. */
function makeToken(permission: Permission): string {
  return `commitbase_${permission}_${randomBytes(32).toString('base64url')}`
}

function parseTokens(file: string, text: string): Tokens {
  const { write, read } = objectIn(file, text)
  if (isToken(write) && isToken(read) && write !== read) return { write, read }
  throw new CommitbaseError(
    'invalid',
    `${file} must hold two different texts of 20 characters or more, 'write' and 'read'; mend it, or delete it to get new tokens`,
  )
}

function objectIn(file: string, text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    throw new CommitbaseError('invalid', `${file} is not JSON; mend it, or delete it to get new tokens`, {
      cause: error,
    })
  }
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 20
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CommitbaseError('unavailable', `the tokens in ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
