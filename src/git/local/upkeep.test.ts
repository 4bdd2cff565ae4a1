import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { git } from '../commands/git.ts'
import { assertSound, newFolder } from '../testing/gitFolder.ts'
import { Workspace } from '../workspace.ts'
import { openLocal } from './local.ts'
import { keepUp, Upkeep, type UpkeepStep } from './upkeep.ts'

const main = 'refs/heads/main'

test('small packs become few, a second time changes nothing, and git reads all as before', async (t) => {
  const folder = await makePacks(await newFolder(t), 12)
  const steps = await keptUp(folder)
  assert.deepEqual(
    steps.map(({ what }) => what),
    ['packed loose objects', 'merged small packs', 'added commits to the commit-graph'],
  )
  assert.equal(steps[0]!.before.packs, 12)
  assert.ok(steps[1]!.after.packs < 4)
  const again = await keptUp(folder)
  assert.deepEqual(again.at(-1)!.after, steps.at(-1)!.after)
  assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', main])).toString(), '12\n')
  assert.equal((await git([`--git-dir=${folder}`, 'commit-graph', 'verify'])).toString(), '')
  await assertSound(folder)
})

test('all packs become one, which is smaller', async (t) => {
  const folder = await makePacks(await newFolder(t), 12)
  const [made] = await keptUp(folder, true)
  assert.deepEqual([made!.before.packs, made!.after.packs], [12, 1])
  assert.ok(made!.after.bytes < made!.before.bytes)
  await assertSound(folder)
})

test('what a killed repack left half-written goes; what somebody may still write to stays', async (t) => {
  const folder = await makePacks(await newFolder(t), 1)
  const packs = join(folder, 'objects', 'pack')
  const old = new Date(Date.now() - 2 * 3_600_000)
  for (const name of ['tmp_pack_old', '.tmp-7-pack-old.idx', 'tmp_pack_new']) await writeFile(join(packs, name), 'half')
  for (const name of ['tmp_pack_old', '.tmp-7-pack-old.idx']) await utimes(join(packs, name), old, old)
  await keptUp(folder)
  assert.deepEqual(
    (await readdir(packs)).filter((name) => name.includes('tmp')),
    ['tmp_pack_new'],
  )
  await assertSound(folder)
})

test('an object that a push left loose is in a pack afterwards', async (t) => {
  const folder = await makePacks(await newFolder(t), 2)
  const run = async (...args: string[]) => (await git([`--git-dir=${folder}`, ...args], { input: 'loose' })).toString()
  const oid = (await run('hash-object', '-w', '--stdin')).trim()
  assert.match(await run('count-objects', '-v'), /^count: 1$/m)
  await keptUp(folder)
  assert.match(await run('count-objects', '-v'), /^count: 0$.*^packs: 1$/ms)
  assert.equal(await run('cat-file', 'blob', oid), 'loose')
})

test('a loose object that is damaged is told of, and all else is done', async (t) => {
  const folder = await makePacks(await newFolder(t), 3)
  await mkdir(join(folder, 'objects', 'ab'))
  await writeFile(join(folder, 'objects', 'ab', 'c'.repeat(38)), '')
  await assert.rejects(keptUp(folder), { code: 'internal', message: /pack-objects failed/ })
  assert.equal((await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length, 1)
})

test('packs that come while it runs are not left until others come', { timeout: 60_000 }, async (t) => {
  const folder = await makePacks(await newFolder(t), 3)
  await spoilOne(folder)
  // A round that is over is seen by what it tells of.
  const { promise, resolve } = Promise.withResolvers<void>()
  let rounds = 0
  const upkeep = new Upkeep(folder, {}, () => ++rounds === 2 && resolve())
  upkeep.packsAdded(16)
  upkeep.packsAdded(16)
  await promise
  await upkeep.close()
})

test('a pack whose bytes have changed stays as it is, and whoever keeps the repository is told', async (t) => {
  const folder = await makePacks(await newFolder(t), 3)
  const packs = await spoilOne(folder)
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const upkeep = new Upkeep(folder, {}, resolve)
  upkeep.packsAdded(16)
  assert.match(String(await promise), /packs cannot be merged: .*is damaged/s)
  await upkeep.close()
  assert.equal((await readdir(packs)).filter((name) => name.endsWith('.pack')).length, 3)
})

/** Changes a byte of one of its packs, and gives their folder. */
async function spoilOne(folder: string): Promise<string> {
  const packs = join(folder, 'objects', 'pack')
  const path = join(packs, (await readdir(packs)).find((name) => name.endsWith('.pack'))!)
  const bytes = await readFile(path)
  bytes[40]! ^= 1
  await chmod(path, 0o644)
  await writeFile(path, bytes)
  return packs
}

/** A pack a commit, since nobody owns the folder. */
async function makePacks(folder: string, count: number): Promise<string> {
  const repository = await openLocal(folder)
  const workspace = await Workspace.open(repository, [main])
  for (let number = 0; number < count; number++) {
    await workspace.tree(main).write(['db', `${number}.json`], Buffer.from(`${number}\n`.repeat(500)))
    workspace.commit(main, { message: `write ${number}`, author: { name: 'Ada', email: 'ada@example.org' }, time: 0 })
    assert.equal(await workspace.land(), 'landed')
  }
  await repository.close()
  return folder
}

async function keptUp(folder: string, full = false): Promise<UpkeepStep[]> {
  const steps: UpkeepStep[] = []
  await keepUp(folder, {}, { full, onStep: (step) => steps.push(step) })
  return steps
}
