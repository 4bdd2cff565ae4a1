import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { step } from '../../step.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import type { GitObject } from '../objects/object.ts'
import { encodePack, type Pack } from './pack.ts'

/** Puts the objects into a repository as one pack, durably. */
export async function writePack(
  repository: string,
  objects: readonly GitObject[],
  files: Files = nodeFiles,
): Promise<void> {
  if (objects.length > 0) await placePack(join(repository, 'objects', 'pack'), encodePack(objects), files)
}

/**
 * Puts a pack that still grows into a folder of packs: git merges it with no other until it is released (git-repack: a pack with a
 * `.keep` beside it stays). An ahead-file may go on from it.
 */
export async function placeKept(folder: string, pack: Pack, files: Files): Promise<string> {
  const keep = join(folder, `pack-${pack.checksum}.keep`)
  // Who wrote it may have been killed before it was synced.
  if (await isOurs(keep)) await files.syncFile(keep)
  else await writeFile(keep, [Buffer.from(keptByUs)], files)
  step('pack.kept')
  return await placePack(folder, pack, files)
}

/** Leaves the packs that were placed as growing to git, but for those that are still needed (names without endings). */
export async function releasePacks(folder: string, needed: ReadonlySet<string>, files: Files): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.keep') && !needed.has(name.slice(0, -5)))
  for (const name of names) {
    const path = join(folder, name)
    if (!(await isOurs(path))) continue
    await files.remove(path)
    step('pack.released')
  }
}

/** A person may keep packs from git, too. */
async function isOurs(keep: string): Promise<boolean> {
  try {
    return (await readFile(keep, 'utf8')) === keptByUs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

const keptByUs = 'Commitbase still writes to this pack.\n'

/**
 * Puts a pack into a folder of packs, durably, and gives its name without an ending. The pack comes before its index, as git
 * does it: what has an index is whole.
 */
async function placePack(folder: string, { checksum, pack, index }: Pack, files: Files): Promise<string> {
  // Git takes every `*.idx` there for an index: half of one must not be called so.
  const [newPack, newIndex] = [join(folder, `tmp_pack_${checksum}`), join(folder, `tmp_idx_${checksum}`)]
  const written = await Promise.allSettled([writeFile(newPack, pack, files), writeFile(newIndex, [index], files)])
  const failed = written.find((outcome) => outcome.status === 'rejected')
  if (failed) {
    await Promise.all([newPack, newIndex].map((path) => discard(path, files)))
    throw failed.reason
  }
  return await placeWritten(folder, { checksum, pack: newPack, index: newIndex }, files)
}

/** The same for a pack and an index that are in the folder, durably, under other names. */
export async function placeWritten(
  folder: string,
  { checksum, pack, index }: { readonly checksum: string; readonly pack: string; readonly index: string },
  files: Files,
): Promise<string> {
  step('pack.written')
  const name = `pack-${checksum}`
  await files.rename(pack, join(folder, `${name}.pack`))
  step('pack.renamed')
  await files.rename(index, join(folder, `${name}.idx`))
  step('pack.indexed')
  await files.syncFolder(folder)
  step('pack.placed')
  return name
}

/** Takes a pack away whose objects are all in others. The index goes first: a pack without one is not looked into. */
export async function removePack(folder: string, name: string, files: Files): Promise<void> {
  // It lists packs by their names (git-multi-pack-index): one that a person wrote would name a pack that is gone.
  await files.remove(join(folder, 'multi-pack-index'))
  for (const ending of ['idx', 'bitmap', 'rev', 'pack', 'keep']) await files.remove(join(folder, `${name}.${ending}`))
}

/** What lies there already may not be written to, and whoever reads it must not see it change. What cannot be written goes: it takes room. */
async function writeFile(path: string, pieces: readonly Buffer[], files: Files): Promise<void> {
  if (existsSync(path)) await files.remove(path)
  const file = await files.create(path, { mode: 0o444 })
  try {
    await file.write(pieces, 0)
    await file.sync()
  } catch (error) {
    await discard(path, files)
    throw error
  } finally {
    await file.close()
  }
}

/** On a disk that fails this may fail as well: what failed first is told. */
async function discard(path: string, files: Files): Promise<void> {
  await files.remove(path).catch(() => {})
}
