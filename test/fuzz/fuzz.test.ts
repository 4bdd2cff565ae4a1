import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { seeded } from '../../src/git/testing/seeded.ts'
import { fuzz } from './fuzz.ts'
import { mutate } from './mutate.ts'
import { targets } from './targets.ts'

for (const target of Object.keys(targets)) {
  test(`${target}: every input that is kept is read without a defect`, async () => {
    assert.equal((await fuzz({ target, seed: 1, seconds: 0 })).defect, undefined)
  })
}

test('the same seed makes the same inputs, another one others', () => {
  const made = (seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: 200 }, () =>
      mutate(random, [Buffer.from('{"a": [1, 2, 3]}')], ['word']).toString('hex'),
    )
  }
  assert.deepEqual(made(1), made(1))
  assert.notDeepEqual(made(1), made(2))
  assert.ok(new Set(made(1)).size > 150)
})

test('a defect ends the run, and its input is kept', async (t) => {
  const corpus = await mkdtemp(join(tmpdir(), 'commitbase-corpus-'))
  t.after(() => rm(corpus, { recursive: true }))
  const { defect, kept } = await fuzz({ target: 'planted', seed: 1, seconds: 60, corpus })
  assert.match(defect!, /planted/)
  assert.deepEqual(await readdir(join(corpus, 'planted')), [kept!.split('/').at(-1)])
  assert.ok((await readFile(kept!)).includes('boom'))
})
