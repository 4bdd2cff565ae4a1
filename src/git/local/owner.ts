import { hash, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { identityOf } from './processIdentity.ts'

/** Who writes a repository's folder now. */
export interface Owner {
  readonly pid: number
  /** Where it takes requests, once it does. */
  readonly address?: string
}

export interface Ownership {
  /** Proof for the folder's hook: `COMMITBASE_OWNER` in the environment of a git process that may move refs. */
  readonly secret: string
  /** Says where the owner takes requests. */
  announce(address: string): Promise<void>
  release(): Promise<void>
}

/**
 * Takes a repository's folder for this process: nobody else may move its refs until `release`, or until this process is
 * gone. What a dead process left is taken over.
 *
 * Throws `conflict` where another process, or this one, has it; `unavailable` where the folder cannot be written.
 */
export async function takeOwnership(folder: string, { address }: { address?: string } = {}): Promise<Ownership> {
  const root = resolve(folder)
  const lock = {
    pid: process.pid,
    identity: (await identityOf(process.pid)) ?? 'unknown',
    secret: newSecret(),
    address,
  }
  await take(root, lock)
  return {
    secret: lock.secret,
    announce: (address) => replace(root, { ...lock, address }),
    release: () => release(root, lock.secret),
  }
}

/** The live owner of the folder; nothing where there is none. */
export async function findOwner(folder: string): Promise<Owner | undefined> {
  const lock = await readLock(lockFile(resolve(folder)))
  return lock && (await isLive(lock)) ? { pid: lock.pid, address: lock.address } : undefined
}

/** The lock comes into being whole, with a link from a file that is complete: only one of many can make it. */
async function take(root: string, lock: Lock): Promise<void> {
  const prepared = temporaryName(root)
  try {
    await mkdir(root, { recursive: true })
    await writeFile(prepared, formatLock(lock), { mode: 0o600, flag: 'wx' })
    await takeFile(root, lockFile(root), prepared)
  } catch (error) {
    if (error instanceof CommitbaseError) throw error
    const words = `the folder ${root} cannot be used: ${messageOf(error)}; choose one that you may write to`
    throw new CommitbaseError('unavailable', words, { cause: error })
  } finally {
    // In a folder that cannot be used this fails as well, and what is wrong with it is told already.
    await rm(prepared, { force: true }).catch(() => {})
  }
}

/** Throws `conflict` where the lock's process lives. */
async function takeFile(root: string, file: string, prepared: string): Promise<void> {
  for (;;) {
    if (await linked(prepared, file)) return
    const lock = await readLock(file)
    if (!lock) continue
    if (await isLive(lock)) {
      const where = lock.address ? ` at ${lock.address}` : ''
      const what = `the repository at ${root} is in use by process ${lock.pid}${where}`
      throw new CommitbaseError('conflict', `${what}; end that process or choose another folder`)
    }
    if (await succeeded(root, file, lock, prepared)) return
  }
}

/**
 * Puts the prepared lock in the place of a dead process's. Many may find that one: who has the claim on its place, a lock of its own,
 * is the only one who replaces it, and who got the claim when that was done already finds another lock there.
 */
async function succeeded(root: string, file: string, dead: Lock, prepared: string): Promise<boolean> {
  const claim = `${lockFile(root)}.${hash('sha256', dead.secret).slice(0, 16)}`
  await takeFile(root, claim, prepared)
  try {
    if ((await readLock(file))?.secret !== dead.secret) return false
    const next = temporaryName(root)
    await link(prepared, next)
    await rename(next, file).catch(async (error) => {
      await rm(next, { force: true })
      throw error
    })
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

function temporaryName(root: string): string {
  return `${lockFile(root)}.${randomBytes(8).toString('hex')}`
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function replace(root: string, lock: Lock): Promise<void> {
  const temporary = `${lockFile(root)}.new`
  await writeFile(temporary, formatLock(lock), { mode: 0o600 })
  await rename(temporary, lockFile(root))
}

async function release(root: string, secret: string): Promise<void> {
  const lock = await readLock(lockFile(root))
  if (lock?.secret === secret) await rm(lockFile(root), { force: true })
}

async function isLive({ pid, identity }: Lock): Promise<boolean> {
  return (await identityOf(pid)) === identity
}

interface Lock extends Owner {
  readonly identity: string
  readonly secret: string
}

/** Lines of `name=value`, which the hook reads as well. */
function formatLock({ pid, identity, secret, address = '' }: Lock): string {
  return `pid=${pid}\nidentity=${identity}\nsecret=${secret}\naddress=${address}\n`
}

async function readLock(file: string): Promise<Lock | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const values = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  return {
    pid: Number(values.get('pid')),
    identity: values.get('identity') ?? '',
    secret: values.get('secret') ?? '',
    address: values.get('address') || undefined,
  }
}

function lockFile(root: string): string {
  return join(root, 'commitbase-owner')
}

function newSecret(): string {
  return randomBytes(32).toString('hex')
}
