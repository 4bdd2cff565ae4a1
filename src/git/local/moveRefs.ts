import { readFile, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { step } from '../../step.ts'
import type { Files, WritableFile } from '../disk/files.ts'
import type { RefUpdate } from '../repository.ts'
import { readRefFiles } from './refFiles.ts'

/**
 * Moves refs together, as git does it with files (gitrepository-layout; lockfile.h): a `.lock` beside each, which only one can
 * make, then the old values are compared, then each lock is renamed to its ref. Durable when it resolves. `lost`, and nothing
 * has moved, where a ref is not at its `from`. Throws `unavailable` where somebody holds a lock for long, `conflict` where a ref
 * would stand in another's way.
 */
export async function moveRefs(folder: string, updates: readonly RefUpdate[], files: Files): Promise<'moved' | 'lost'> {
  const sorted = updates.toSorted((a, b) => (a.ref < b.ref ? -1 : 1))
  const locks: Lock[] = []
  try {
    for (const update of sorted) locks.push(await lock(folder, update, files))
    step('refs.locked')
    if (!(await areAtTheirOldPlace(folder, sorted))) return 'lost'
    await fill(locks)
    step('refs.filled')
    await forgetPacked(
      folder,
      sorted.filter(({ to }) => to === null).map(({ ref }) => ref),
      files,
    )
    for (const { update, path } of locks) {
      await put(path, update, files)
      step('refs.renamed')
    }
    const folders = new Set(sorted.flatMap(({ ref }) => foldersUpTo(folder, ref)))
    await Promise.all([...folders].map((each) => files.syncFolder(each)))
    step('refs.moved')
    return 'moved'
  } finally {
    for (const { path, file } of locks) {
      await file.close()
      await files.remove(`${path}.lock`)
    }
  }
}

interface Lock {
  readonly update: RefUpdate
  /** Of the ref's file. */
  readonly path: string
  readonly file: WritableFile
}

async function lock(folder: string, update: RefUpdate, files: Files): Promise<Lock> {
  const path = join(folder, update.ref)
  for (let waited = 0; ; waited += pause) {
    try {
      await files.makeFolder(dirname(path))
      return { update, path, file: await files.create(`${path}.lock`, { exclusive: true }) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOTDIR' || (code === 'EEXIST' && !messageOf(error).includes('.lock')))
        throw inTheWay(update, error)
      if (code !== 'EEXIST') throw error
      if (waited >= patience)
        throw new CommitbaseError(
          'unavailable',
          `${path}.lock is there: another process moves that ref, or was killed while it did; end it, or remove the file`,
          { cause: error },
        )
      await delay(pause)
    }
  }
}

/** Milliseconds. */
const pause = 10
const patience = 2_000

async function areAtTheirOldPlace(folder: string, updates: readonly RefUpdate[]): Promise<boolean> {
  const names = updates.map(({ ref }) => ref)
  const values = await readRefFiles(folder, names)
  if (!values) throw new CommitbaseError('invalid', `one of ${names.join(', ')} is a symbolic ref; make it a plain one`)
  return updates.every(({ ref, from }) => (values.get(ref) ?? null) === from)
}

async function fill(locks: readonly Lock[]): Promise<void> {
  for (const { update, file } of locks) {
    if (update.to === null || update.to === update.from) continue
    await file.write([Buffer.from(`${update.to}\n`)], 0)
    await file.sync()
  }
}

async function put(path: string, update: RefUpdate, files: Files): Promise<void> {
  const { from, to } = update
  if (to === from) return
  if (to === null) return await files.remove(path)
  try {
    await files.rename(`${path}.lock`, path)
  } catch (error) {
    // A folder of refs that were deleted may be left.
    const isFolder = await stat(path)
      .then((found) => found.isDirectory())
      .catch(() => false)
    if (!isFolder) throw error
    await rmdir(path).catch(() => {
      throw inTheWay(update, error)
    })
    await files.rename(`${path}.lock`, path)
  }
}

/** Takes deleted refs out of `packed-refs`; with a line go those behind it that begin with `^` and are about it. */
async function forgetPacked(folder: string, refs: readonly string[], files: Files): Promise<void> {
  const path = join(folder, 'packed-refs')
  const text = refs.length > 0 ? await readFile(path, 'utf8').catch(() => '') : ''
  const gone = new Set(refs)
  let isGone = false
  const kept = text.split(/(?<=\n)/).filter((line) => {
    if (!line.startsWith('^')) isGone = gone.has(line.slice(41).trimEnd())
    return !isGone
  })
  if (kept.join('') === text) return
  const file = await files.create(`${path}.lock`, { exclusive: true })
  try {
    await file.write([Buffer.from(kept.join(''))], 0)
    await file.sync()
    await files.rename(`${path}.lock`, path)
  } finally {
    await file.close()
    await files.remove(`${path}.lock`)
  }
}

/** The folders from a ref's own up to the repository's, the deepest first. */
function foldersUpTo(folder: string, ref: string): string[] {
  const parts = ref.split('/').slice(0, -1)
  return parts.map((_, depth) => join(folder, ...parts.slice(0, parts.length - depth))).concat(folder)
}

function inTheWay({ ref }: RefUpdate, cause: unknown): CommitbaseError {
  const words = `'${ref}' cannot be beside a ref of which one's name begins with the other's; delete that one`
  return new CommitbaseError('conflict', words, { cause })
}
