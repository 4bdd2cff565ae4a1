import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
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

  test('that cannot be written is told of', async (t) => {
    const path = await newPath(t)
    await mkdir(path)
    const problems: string[] = []
    const file = new FingerprintFile(path, (problem) => problems.push(problem))
    file.known.set(blob(1), 'a', 1)
    await file.close()
    assert.match(problems.join(), /fingerprints of records were not kept: EISDIR/)
  })
})
