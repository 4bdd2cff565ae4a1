import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { unsyncedFiles } from '../../src/git/disk/files.ts'
import { AheadFile, type Batch, readAhead } from '../../src/git/local/aheadFile.ts'
import { newFolder } from '../../src/git/testing/gitFolder.ts'
import { recordDisk } from '../../src/git/testing/recordedDisk.ts'
import { seeded } from '../../src/git/testing/seeded.ts'

/** What was there when so many steps were done: batches are numbered, and those from `first` to `last` must not be missing. */
interface Acknowledged {
  readonly position: number
  readonly first: number
  readonly last: number
}

/** Appends to an ahead-file, writes it anew in between, and cuts the power after each step. */
export async function cutAhead(t: TestContext, seed: number): Promise<void> {
  const random = seeded(seed)
  const folder = await newFolder(t)
  const disk = await recordDisk(folder)
  const acknowledged = await fill(new AheadFile(join(folder, 'ahead'), disk.files), () => disk.position, random)
  for (let position = acknowledged[0]!.position; position <= disk.position; position++) {
    const copy = await newFolder(t)
    await disk.rebuild(position, copy, random)
    const words = `seed ${seed}, after ${position} steps`
    await assertThere(join(copy, 'ahead'), acknowledged.findLast((each) => each.position <= position)!, words)
    await rm(copy, { recursive: true })
  }
}

async function fill(file: AheadFile, position: () => number, random: () => number): Promise<Acknowledged[]> {
  await file.renew([], [])
  const acknowledged: Acknowledged[] = []
  let [first, last] = [1, 0]
  const append = async () => {
    await file.append(batchOf(last + 1))
    last += 1
    acknowledged.push({ position: position(), first, last })
  }
  for (let round = 0; round < 12; round++) {
    const appended = Math.floor(random() * 4)
    for (let number = 0; number <= appended; number++) await append()
    first = last - Math.floor(random() * 3)
    acknowledged.push({ position: position(), first, last })
    const kept = batchesOf(Math.max(1, first), last)
    const isBeside = random() < 0.7
    if (!isBeside) {
      await file.renew([], kept)
      continue
    }
    const successor = await file.beginRenewal([], kept)
    await append()
    const outdated = await file.finishRenewal(successor, [batchOf(last)])
    await outdated!.close()
  }
  await file.close()
  return acknowledged
}

async function assertThere(path: string, { first, last }: Acknowledged, words: string): Promise<void> {
  const { batches } = await readAhead(path).catch((cause) => {
    throw new Error(`it cannot be read (${words}): ${cause.message}`, { cause })
  })
  const numbers = batches.map(({ pack }) => pack)
  assert.deepEqual(
    batches.map(({ pieces }) => Buffer.concat(pieces)),
    numbers.map((number) => Buffer.concat(batchOf(number).pieces)),
    words,
  )
  const from = numbers[0] ?? first
  assert.deepEqual(
    numbers,
    numbers.map((_, place) => from + place),
    words,
  )
  assert.ok(
    from <= Math.max(1, first) && (numbers.at(-1) ?? 0) >= last,
    `${numbers}, not ${first} to ${last} (${words})`,
  )
  await assertGoesOn(path, batches, words)
}

/** For the next owner, too, whatever lies beside it. */
async function assertGoesOn(path: string, batches: readonly Batch[], words: string): Promise<void> {
  const file = new AheadFile(path, unsyncedFiles)
  const known = [...batches]
  for (let round = 1; round <= 3; round++) {
    await file.renew([], known)
    known.push(batchOf(1_000 + round))
    await file.append(known.at(-1)!)
    const numbers = (await readAhead(path)).batches.map(({ pack }) => pack)
    assert.deepEqual(
      numbers,
      known.map(({ pack }) => pack),
      words,
    )
  }
  await file.close()
}

function batchesOf(first: number, last: number): Batch[] {
  return Array.from({ length: last - first + 1 }, (_, place) => batchOf(first + place))
}

/** Of many lengths, so that frames begin where older ones do, and elsewhere. */
function batchOf(number: number): Batch {
  const pieces = [Buffer.alloc(100 + (number % 3) * 700, number)]
  return { updates: [], deferred: [], pack: number, from: 12, table: Buffer.alloc(0), pieces }
}
