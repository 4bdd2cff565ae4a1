import { join } from 'node:path'
import { type Files, nodeFiles } from './files.ts'
import type { GitObject } from './object.ts'
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
 * Puts a pack into a folder of packs, durably, and gives its name without an ending. The pack comes before its index, as git
 * does it: what has an index is whole.
 */
export async function placePack(folder: string, { checksum, pack, index }: Pack, files: Files): Promise<string> {
  // Git takes every `*.idx` there for an index: half of one must not be called so.
  const [newPack, newIndex] = [join(folder, `tmp_pack_${checksum}`), join(folder, `tmp_idx_${checksum}`)]
  await Promise.all([writeFile(newPack, pack, files), writeFile(newIndex, [index], files)])
  const name = `pack-${checksum}`
  await files.rename(newPack, join(folder, `${name}.pack`))
  await files.rename(newIndex, join(folder, `${name}.idx`))
  await files.syncFolder(folder)
  return name
}

async function writeFile(path: string, pieces: readonly Buffer[], files: Files): Promise<void> {
  const file = await files.create(path, { mode: 0o444 })
  try {
    await file.write(pieces, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}
