import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { git } from '../commands/git.ts'
import { makeObject } from '../objects/object.ts'
import { newBare } from '../testing/gitFolder.ts'
import { GrowingPack } from './growingPack.ts'
import { PackThread } from './packThread.ts'

test('a thread that has nothing to do ends, and another one writes what comes then', async (t) => {
  const folder = await newBare(t)
  const packs = join(folder, 'objects', 'pack')
  const thread = new PackThread(packs, 0)
  t.after(() => thread.close())
  const pack = new GrowingPack()
  for (const text of ['a', 'b']) {
    pack.add(makeObject('blob', Buffer.from(text)))
    const started = once(process, 'worker')
    const name = await thread.place(pack.part())
    const [worker] = (await started) as [Worker]
    await once(worker, 'exit')
    await git(['verify-pack', join(packs, `${name}.idx`)])
  }
})
