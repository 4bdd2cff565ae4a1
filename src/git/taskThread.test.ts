import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { git } from './commands/git.ts'
import { makeObject } from './objects/object.ts'
import { GrowingPack } from './packs/growingPack.ts'
import type { PackTask } from './packs/packThread.ts'
import { TaskThread } from './taskThread.ts'
import { newBare } from './testing/gitFolder.ts'

const script = new URL('./packs/packWorker.ts', import.meta.url)

test('a thread that has nothing to do ends, and another one writes what comes then', async (t) => {
  const folder = await newBare(t)
  const packs = join(folder, 'objects', 'pack')
  const thread = new TaskThread<PackTask, string>({ script, work: 'writes packs', patience: 0 })
  t.after(() => thread.close())
  const pack = new GrowingPack()
  for (const text of ['a', 'b']) {
    pack.add(makeObject('blob', Buffer.from(text)))
    const started = once(process, 'worker')
    const name = await thread.run({ folder: packs, part: pack.part() })
    const [worker] = (await started) as [Worker]
    await once(worker, 'exit')
    await git(['verify-pack', join(packs, `${name}.idx`)])
  }
})

test('a task that fails says why, and so does one whose thread ended; the next one is done', async (t) => {
  const folder = await newBare(t)
  const packs = join(folder, 'objects', 'pack')
  const thread = new TaskThread<PackTask, string>({ script, work: 'writes packs' })
  t.after(() => thread.close())
  const pack = new GrowingPack()
  pack.add(makeObject('blob', Buffer.from('a')))
  const part = pack.part()
  const code = 'unavailable'
  await assert.rejects(thread.run({ folder: join(folder, 'nowhere'), part }), {
    code,
    message: /writes packs failed: .*ENOENT/,
  })
  const started = once(process, 'worker')
  const ended = new TaskThread<PackTask, string>({ script, work: 'writes packs' })
  const waiting = ended.run({ folder: packs, part })
  const [worker] = (await started) as [Worker]
  void worker.terminate()
  await assert.rejects(waiting, { code, message: /writes packs ended/ })
  t.after(() => ended.close())
  for (const each of [thread, ended])
    await git(['verify-pack', join(packs, `${await each.run({ folder: packs, part })}.idx`)])
})
