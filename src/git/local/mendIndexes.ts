import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError } from '../../errors.ts'
import { type GitOptions, runGit } from '../commands/git.ts'
import { PackIndex } from '../packs/packIndex.ts'

/**
 * Makes the indexes of packs anew that are missing, cut, or scrambled where they begin or end: a pack is whole once it has its name
 * (`placePack`), and its index says nothing that it does not. Only the folder's owner may. Throws `internal` where a pack cannot be read.
 */
export async function mendIndexes(repository: string, gitOptions: GitOptions): Promise<void> {
  const folder = join(repository, 'objects', 'pack')
  const packs = (await readdir(folder)).filter((name) => name.endsWith('.pack'))
  for (const pack of packs) {
    const path = join(folder, pack.slice(0, -'.pack'.length))
    if (!(await hasItsIndex(path))) await makeIndex(path, gitOptions)
  }
}

/** Both end with the pack's checksum, the index with its own behind it (gitformat-pack). */
async function hasItsIndex(path: string): Promise<boolean> {
  try {
    PackIndex.open(`${path}.idx`).close()
    return (await endOf(`${path}.idx`, 40, 20)).equals(await endOf(`${path}.pack`, 20, 20))
  } catch {
    return false
  }
}

async function endOf(path: string, distance: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return (await file.read(Buffer.alloc(length), 0, length, size - distance)).buffer
  } finally {
    await file.close()
  }
}

async function makeIndex(path: string, gitOptions: GitOptions): Promise<void> {
  await Promise.all(['idx', 'rev'].map((ending) => rm(`${path}.${ending}`, { force: true })))
  const { status, words } = await runGit(['index-pack', `${path}.pack`], gitOptions)
  if (status === 0) return
  throw new CommitbaseError('internal', `${path}.pack has no index, and none can be made: ${words}; restore it`)
}
