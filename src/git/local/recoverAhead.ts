import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Oid } from '../objects/object.ts'
import { GrowingPack } from '../packs/growingPack.ts'
import { PackIndex } from '../packs/packIndex.ts'
import { tableEntry } from '../packs/packTable.ts'
import { type Ahead, aheadFile, type WaitingPack } from './ahead.ts'
import { type Base, type Batch, readAhead } from './aheadFile.ts'

/**
 * Takes up what an owner of the folder had acknowledged and not sealed when it was killed. `refs`: where refs are on the disk.
 * Throws `internal` where it cannot be read, `conflict` where somebody moved a ref meanwhile.
 */
export async function recoverAhead(
  folder: string,
  ahead: Ahead,
  refs: (names: readonly string[]) => Promise<ReadonlyMap<string, Oid>>,
): Promise<void> {
  const { bases, batches } = await readAhead(join(folder, aheadFile))
  if (batches.length === 0) return ahead.takeUp([], [], [])
  await refuseMoved(folder, batches, refs)
  const numbers = [...new Set([...bases, ...batches].map(({ pack }) => pack).values())]
  const packs = await Promise.all(
    numbers.sort((a, b) => a - b).map((number) => rebuild(folder, number, bases, batches)),
  )
  ahead.takeUp(packs, batches, bases)
}

/** A ref is at one of the places that the batches led it to, or where the first of them began. */
async function refuseMoved(
  folder: string,
  batches: readonly Batch[],
  refs: (names: readonly string[]) => Promise<ReadonlyMap<string, Oid>>,
): Promise<void> {
  const places = new Map<string, Set<Oid | null>>()
  for (const { ref, from, to } of batches.flatMap(({ updates }) => updates)) {
    const known = places.get(ref) ?? new Set([from])
    places.set(ref, known.add(to))
  }
  const current = await refs([...places.keys()])
  for (const [ref, known] of places) {
    const at = current.get(ref) ?? null
    if (known.has(at)) continue
    throw new CommitbaseError(
      'conflict',
      `${ref} of ${folder} was moved to ${at} while acknowledged writes up to ${[...known].at(-1)} were waiting in ${aheadFile}; move it back to ${[...known][0]}, open it again, and then merge`,
    )
  }
}

async function rebuild(
  folder: string,
  number: number,
  bases: readonly Base[],
  batches: readonly Batch[],
): Promise<WaitingPack> {
  const pack = new GrowingPack()
  const base = bases.find((base) => base.pack === number)
  if (base) await addFrom(folder, base, pack)
  for (const batch of batches.filter((batch) => batch.pack === number)) addBatch(folder, batch, pack)
  return { number, pack, sealed: base && { name: base.name, size: base.size } }
}

function addBatch(folder: string, { from, table, pieces }: Batch, pack: GrowingPack): void {
  if (from !== pack.size) {
    const words = `${join(folder, aheadFile)} goes on from byte ${from} of a pack that has ${pack.size}`
    throw new CommitbaseError('internal', `${words}: acknowledged writes cannot be read; restore it or move it away`)
  }
  const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  const count = table.length / tableEntry
  const startOf = (place: number) => (place < count ? table.readUInt32BE(place * tableEntry + 24) - from : bytes.length)
  for (let place = 0; place < count; place++) {
    const oid = table.toString('hex', place * tableEntry, place * tableEntry + 20)
    pack.addEntry(oid, bytes.subarray(startOf(place), startOf(place + 1)))
  }
}

async function addFrom(folder: string, { name, size }: Base, pack: GrowingPack): Promise<void> {
  const path = join(folder, 'objects', 'pack', name)
  try {
    const bytes = await readFile(`${path}.pack`)
    const entries = entriesOf(`${path}.idx`).filter(({ offset }) => offset < size)
    for (const [place, { oid, offset }] of entries.entries())
      pack.addEntry(oid, bytes.subarray(offset, entries[place + 1]?.offset ?? size))
  } catch (cause) {
    const words = `the acknowledged writes in ${aheadFile} go on from ${path}.pack, which cannot be read: ${messageOf(cause)}`
    throw new CommitbaseError('internal', `${words}; restore it`, { cause })
  }
}

/** In the order in which they lie in the pack. */
function entriesOf(index: string): { readonly oid: Oid; readonly offset: number }[] {
  const opened = PackIndex.open(index)
  try {
    return opened.entries().sort((a, b) => a.offset - b.offset)
  } finally {
    opened.close()
  }
}
