import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventKey } from '../../src/database/receipts/eventKey.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { receiptsIn } from '../../src/database/receipts/receipts.ts'
import { git } from '../../src/git/commands/git.ts'
import { assertSound } from '../../src/git/testing/gitFolder.ts'
import { seeded } from '../../src/git/testing/seeded.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { apply, branch, cursor, openDatabase, type Recording, requestOf, source } from './recordWrites.ts'

/** Cuts the power at each acknowledgement (or each so many), the last one first, and somewhere between it and the next, and lets the next owner open what is left. */
export async function cutEverywhere(recording: Recording, cuts: number, each = 1): Promise<void> {
  const { acknowledged, disk, seed } = recording
  const random = seeded(seed + 1)
  for (let position = 0; position <= disk.position; position++) assertReadable(recording, position)
  for (const [index, { position }] of [...acknowledged.entries()].reverse()) {
    if ((acknowledged.length - 1 - index) % each > 0) continue
    const next = acknowledged[index + 1]?.position ?? disk.position
    // After the last one no ahead-file stands behind packs and refs any more.
    const times = index === acknowledged.length - 1 ? 2 * cuts + 4 : cuts
    const places = Array.from({ length: times }, (_, cut) =>
      cut === 0 ? position : position + Math.floor(random() * (next - position)),
    )
    for (const place of places) await cutPower(recording, place, Math.floor(random() * 2 ** 32))
  }
  // What waits to be sealed is in a file that nobody has synced since.
  for (const position of recording.renewals)
    for (let cut = 0; cut < cutsAfterRenewal; cut++) await cutPower(recording, position, Math.floor(random() * 2 ** 32))
}

const cutsAfterRenewal = 3

/** What an acknowledged write left is there, whole and sound, and nothing is half there. */
async function cutPower(recording: Recording, position: number, seed: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'power-cut-'))
  try {
    await recording.disk.rebuild(position, folder, seeded(seed))
    await assertSurvived(recording, position, folder)
  } catch (cause) {
    const words = `seed ${recording.seed}, cut after ${position} steps with ${seed}`
    throw new Error(`a power cut lost something (${words}): ${(cause as Error).message}`, { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whoever reads meanwhile finds a pack for each index. */
function assertReadable({ disk, seed }: Recording, position: number): void {
  const names = disk.namesAfter(position)
  const lonely = [...names].find((name) => name.endsWith('.idx') && !names.has(name.replace(/idx$/, 'pack')))
  assert.equal(lonely, undefined, `a reader finds an index without its pack (seed ${seed}, after ${position} steps)`)
}

async function assertSurvived(recording: Recording, position: number, folder: string): Promise<void> {
  const known = recording.acknowledged.filter((ack) => ack.position <= position).at(-1)?.count ?? 0
  const count = await assertWhole(recording, folder)
  assert.ok(count >= known, `${known} writes were acknowledged, and ${count} are there`)
  await assertSound(folder)
  const log = await git([
    `--git-dir=${folder}`,
    'log',
    '--reverse',
    '--format=%(trailers:key=Event-Id,valueonly)%-',
    branch,
  ])
  assert.deepEqual(log.toString().split('\n').filter(Boolean), ids(count + 1), 'the commits')
}

/** Opens the folder as its next owner. Gives how many writes are there; each with its record and its receipt. */
async function assertWhole(recording: Recording, folder: string): Promise<number> {
  const database = await openDatabase(folder)
  try {
    const { repository } = database
    const oid = (await repository.refs([cursor])).get(cursor)
    const count = oid === undefined ? 0 : Number((await repository.read([oid]))[0]!.body)
    assert.ok(recording.ends.has(count), `${count} writes are there, which is in the middle of a batch`)
    const receipts = receiptsIn(await Workspace.open(repository, [branch, receiptsRef]))
    const found = await Promise.all(ids(recording.writes).map((id) => receipts.find(eventKey(source, id))))
    assert.deepEqual(
      found
        .filter(Boolean)
        .map((receipt) => receipt!.event.id)
        .sort(),
      ids(count).sort(),
      'the receipts',
    )
    const request = requestOf(count, recording.size)
    const operation = { name: 'FINDMANY', parameters: { table: 'stock' } }
    const { result } = await apply(database, { ...request, operation })
    const numbers = (result as { records: { number: number }[] }).records.map(({ number }) => number)
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      ids(count)
        .map((_, number) => number)
        .slice(-7),
      'the records',
    )
    // And it goes on.
    await apply(database, request, () => [count, count + 1])
    return count
  } finally {
    await database.close()
  }
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `e${number}`)
}
