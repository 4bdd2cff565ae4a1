import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeDurably } from './durable.ts'
import type { GitObject } from './object.ts'
import { encodePack } from './pack.ts'

/** Puts the objects into a repository as one pack, durably. The pack comes before its index, as git does it: what has an index is whole. */
export async function writePack(repository: string, objects: readonly GitObject[]): Promise<void> {
  if (objects.length === 0) return
  const { checksum, pack, index } = encodePack(objects)
  const packs = join(repository, 'objects', 'pack')
  // Git takes every `*.idx` there for an index: half of one must not be called so.
  const [newPack, newIndex] = [join(packs, `tmp_pack_${checksum}`), join(packs, `tmp_idx_${checksum}`)]
  await Promise.all([writeDurably(newPack, pack, 0o444), writeDurably(newIndex, index, 0o444)])
  await rename(newPack, join(packs, `pack-${checksum}.pack`))
  await rename(newIndex, join(packs, `pack-${checksum}.idx`))
  await syncFolder(packs)
}
