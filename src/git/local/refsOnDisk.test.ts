import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { RefsOnDisk } from './refsOnDisk.ts'

test('a ref that was read while others might move it is read again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'refs-'))
  try {
    const ref = 'refs/heads/main'
    const [first, second] = ['1'.repeat(40), '2'.repeat(40)]
    const write = async (oid: string) => {
      await writeFile(join(folder, 'new'), `${oid}\n`)
      await rename(join(folder, 'new'), join(folder, ref))
    }
    await mkdir(join(folder, 'refs', 'heads'), { recursive: true })
    for (let round = 0; round < 40; round++) {
      await write(first)
      const refs = new RefsOnDisk(folder, { environment: {} }, true)
      let reading: Promise<unknown> | undefined
      await refs.lend(async () => {
        reading = refs.read([ref])
        for (let turn = 0; turn < round % 6; turn++) await new Promise(setImmediate)
        await write(second)
      })
      await reading
      assert.equal((await refs.read([ref])).get(ref), second)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
