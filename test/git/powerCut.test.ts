import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Files } from '../../src/git/disk/files.ts'
import { openJournal } from '../../src/git/disk/journal.ts'
import { aheadFile } from '../../src/git/local/ahead.ts'
import { newFolder } from '../../src/git/testing/gitFolder.ts'
import { recordDisk } from '../../src/git/testing/recordedDisk.ts'
import { seeded } from '../../src/git/testing/seeded.ts'
import { cutAhead } from './cutAhead.ts'
import { cutEverywhere } from './cutPower.ts'
import { recordWrites } from './recordWrites.ts'

/** More of the same: `COMMITBASE_POWER_CUTS=200 node --test test/git/powerCut.test.ts`. */
const seeds = Number(process.env.COMMITBASE_POWER_CUTS ?? 2)

test('what was acknowledged survives a power cut at any moment, with its receipt, and nothing is half there', async (t) => {
  for (let seed = 1; seed <= seeds; seed++) await cutEverywhere(await recordWrites(t, { seed }), 1)
})

test('it does so where the ahead-file is written anew, and a pack is full', async (t) => {
  // A batch of 3 MB or so: the file is renewed from 8 MiB on, a pack gets its successor from 16 MiB on.
  let renewed = 0
  const packs = new Set<string>()
  const spoil = (files: Files): Files => ({
    ...files,
    rename: async (from, to) => {
      if (to.endsWith(aheadFile)) renewed++
      if (to.endsWith('.pack')) packs.add(to)
      await files.rename(from, to)
    },
    remove: async (path) => {
      packs.delete(path)
      await files.remove(path)
    },
  })
  await cutEverywhere(await recordWrites(t, { seed: 4, batches: 16, size: 1_000_000, spoil }), 1, 6)
  assert.ok(renewed >= 3 && packs.size >= 3, `${renewed} times written anew, ${packs.size} packs`)
})

test('what a journal took survives a power cut at any moment, in its order', async (t) => {
  for (let seed = 1; seed <= seeds; seed++) await cutJournal(t, seed)
})

test('what the ahead-file took survives a power cut at any moment, however often it is written anew', async (t) => {
  for (let seed = 1; seed <= seeds; seed++) await cutAhead(t, seed)
})

/** Each would lose acknowledged writes, and this is how we know that the tests above would say so. */
const bugs: Record<string, (files: Files, folder: string) => Files> = {
  'the ahead-file is not synced': (files) => withoutSync(files, (path) => path.includes(aheadFile)),
  'the name of the ahead-file is not synced': (files, folder) => withoutFolderSync(files, (path) => path === folder),
  'packs are not synced': (files) => withoutSync(files, (path) => path.includes('tmp_pack')),
  'indexes are not synced': (files) => withoutSync(files, (path) => path.includes('tmp_idx')),
  'the names of packs are not synced': (files) => withoutFolderSync(files, (path) => path.endsWith('/pack')),
  'refs are not synced': (files) => withoutSync(files, (path) => path.endsWith('.lock')),
  'the names of refs are not synced': (files) => withoutFolderSync(files, (path) => path.includes('/refs')),
  'an index comes before its pack': indexFirst,
  'refs move before the pack is there': refsFirst,
  'the ahead-file goes before what is in it was sealed': (files, folder) => ({
    ...files,
    create: async (path, options) => {
      if (path.includes('tmp_pack')) await files.remove(join(folder, aheadFile))
      return await files.create(path, options)
    },
  }),
}

for (const [bug, spoil] of Object.entries(bugs)) {
  test(`the check finds it when ${bug}`, async (t) => {
    const recording = await recordWrites(t, { seed: 5, batches: 8, spoil })
    await assert.rejects(cutEverywhere(recording, 2), /(a power cut lost something|a reader finds) .*\(seed 5, /)
  })
}

async function cutJournal(t: TestContext, seed: number): Promise<void> {
  const random = seeded(seed)
  const folder = await newFolder(t)
  const disk = await recordDisk(folder)
  const journal = await openJournal(join(folder, 'journal'), { files: disk.files, rotateAt: 2_000 })
  const acknowledged: { position: number; id: number; settled: readonly number[] }[] = []
  const settled: number[] = []
  for (let group = 0; group < 20; group++) {
    const appended = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      journal.append(Buffer.alloc(100, group)),
    )
    for (const id of await Promise.all(appended)) {
      acknowledged.push({ position: disk.position, id, settled: [...settled] })
      if (random() < 0.8) settled.push(id)
    }
    for (const id of settled) journal.settle(id)
  }
  await journal.close()
  for (const { position, id, settled } of acknowledged) {
    const copy = await newFolder(t)
    await disk.rebuild(position, copy, random)
    const reopened = await openJournal(join(copy, 'journal'))
    const pending = reopened.pending().map((entry) => entry.id)
    await reopened.close()
    const owed = acknowledged.filter((entry) => entry.id <= id && !settled.includes(entry.id)).map((entry) => entry.id)
    const words = `seed ${seed}, after ${position} steps`
    assert.deepEqual(
      pending.filter((each) => each <= id && owed.includes(each)),
      owed,
      words,
    )
    assert.deepEqual(
      pending,
      pending.toSorted((a, b) => a - b),
      words,
    )
    await rm(copy, { recursive: true })
  }
  assert.deepEqual(await readdir(folder), ['journal'])
}

function withoutSync(files: Files, isMeant: (path: string) => boolean): Files {
  return {
    ...files,
    create: async (path, options) => {
      const file = await files.create(path, options)
      return isMeant(path) ? { ...file, sync: async () => {} } : file
    },
  }
}

function withoutFolderSync(files: Files, isMeant: (path: string) => boolean): Files {
  return { ...files, syncFolder: async (path) => (isMeant(path) ? undefined : await files.syncFolder(path)) }
}

function indexFirst(files: Files): Files {
  let held: readonly [string, string] | undefined
  return {
    ...files,
    rename: async (from, to) => {
      if (to.endsWith('.pack')) held = [from, to]
      else await files.rename(from, to)
      if (to.endsWith('.idx') && held) await files.rename(...held)
    },
  }
}

/** The packs' names, and their sync, wait until a ref was renamed. */
function refsFirst(files: Files): Files {
  let held: (readonly [string, string])[] = []
  return {
    ...files,
    syncFolder: async (path) => (path.endsWith('/pack') ? undefined : await files.syncFolder(path)),
    rename: async (from, to) => {
      if (/tmp_(pack|idx)/.test(from)) return void held.push([from, to])
      await files.rename(from, to)
      if (!to.includes('/refs/')) return
      for (const names of held) await files.rename(...names)
      held = []
    },
  }
}
