import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, rmdir, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { FingerprintFile } from './fingerprintFile.ts'

const blob = (number: number) => hash('sha1', String(number))

async function newPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fingerprints-'))
  t.after(() => rm(folder, { recursive: true }))
  return join(folder, 'fingerprints')
}

async function keep(path: string, count: number): Promise<void> {
  const file = new FingerprintFile(path)
  for (let number = 0; number < count; number++) file.known.set(blob(number), 'a', number)
  await file.close()
}

/** How many a process that has just started knows. */
async function countKept(path: string): Promise<number> {
  const file = new FingerprintFile(path)
  await file.close()
  return file.known.table.count
}

describe('the file of fingerprints', () => {
  test('is read by the next process, beside what that one learns meanwhile', async (t) => {
    const path = await newPath(t)
    await keep(path, 30)
    const file = new FingerprintFile(path)
    file.known.set(blob(500), 'a', 500)
    await file.close()
    for (const number of [...Array(30).keys(), 500]) assert.equal(file.known.get(blob(number), 'a'), number)
  })

  test('that is missing, empty, cut or damaged anywhere says nothing, and is written anew', async (t) => {
    const path = await newPath(t)
    assert.equal(await countKept(path), 0)
    await keep(path, 30)
    const whole = await readFile(path)
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0x11
      await writeFile(path, damaged)
      assert.equal(await countKept(path), 0, `byte ${at}`)
    }
    for (const length of [0, 1, 63, 64, 65, 200, whole.length - 1]) {
      await writeFile(path, whole)
      await truncate(path, length)
      assert.equal(await countKept(path), 0, `${length} bytes`)
    }
    await keep(path, 30)
    assert.equal(await countKept(path), 30)
  })

  test('of another format says nothing', async (t) => {
    const path = await newPath(t)
    await keep(path, 30)
    const text = (await readFile(path)).toString('latin1')
    await writeFile(path, Buffer.from(text.replace('fingerprints-1', 'fingerprints-0'), 'latin1'))
    assert.equal(await countKept(path), 0)
  })

  test('is not written for a few that are new', async (t) => {
    const path = await newPath(t)
    await keep(path, 30)
    const file = new FingerprintFile(path)
    file.known.set(blob(500), 'a', 500)
    const { mtimeMs } = await stat(path)
    await file.close()
    assert.equal((await stat(path)).mtimeMs, mtimeMs)
    assert.equal(await countKept(path), 30)
  })

  test('is kept by a save before it was read', async (t) => {
    const path = await newPath(t)
    await keep(path, 30)
    const file = new FingerprintFile(path)
    for (let number = 30; number < 60; number++) file.known.set(blob(number), 'a', number)
    file.save()
    await file.close()
    const count = await countKept(path)
    assert.ok(count > 50, `${count}`)
  })

  test('is written while the process runs, where many are new, and is whole though they change meanwhile', async (t) => {
    const path = await newPath(t)
    const file = new FingerprintFile(path)
    await file.taken
    const learn = (from: number, to: number) => {
      for (let number = from; number < to; number++) file.known.set(blob(number), 'a', number)
    }
    learn(0, 9_000)
    file.saveMany()
    assert.equal(file.known.news, 9_000)
    learn(9_000, 100_000)
    file.saveMany()
    let changed = 100_000
    while (!(await stat(path).catch(() => undefined))) {
      learn(changed, changed + 200)
      changed += 200
    }
    const kept = new FingerprintFile(path)
    await kept.taken
    let count = 0
    for (let number = 0; number < changed; number++) {
      const fingerprint = kept.known.get(blob(number), 'a')
      if (fingerprint === undefined) continue
      assert.equal(fingerprint, number)
      count++
    }
    assert.ok(count > 90_000, `${count}`)
    await file.close()
  })

  test('that cannot be written is told of, and what was not is written at the end', async (t) => {
    const path = await newPath(t)
    await mkdir(path)
    let tell = (_problem: string) => {}
    const told = new Promise<string>((resolve) => {
      tell = resolve
    })
    const file = new FingerprintFile(path, (problem) => tell(problem))
    file.known.set(blob(1), 'a', 1)
    file.save()
    assert.match(await told, /fingerprints of records were not kept: EISDIR/)
    await rmdir(path)
    await file.close()
    assert.equal(await countKept(path), 1)
  })

  test('that cannot be written at the end is told of', async (t) => {
    const path = await newPath(t)
    await mkdir(path)
    const problems: string[] = []
    const file = new FingerprintFile(path, (problem) => problems.push(problem))
    file.known.set(blob(1), 'a', 1)
    await file.close()
    assert.match(problems.join(), /fingerprints of records were not kept: EISDIR/)
  })
})
