import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { end, flow, model, start } from './engine/testing/bpmn.ts'

test('a program runs the engine by the name of the package: in memory, or on a folder that keeps it', async (t) => {
  const { createControlledClock, createMemoryStore, openFolder, startEngine } = await import('commitbase/engine')
  const fleeting = await startEngine({ store: createMemoryStore(), port: 0, clock: createControlledClock() })
  await fleeting.deploy([{ name: 'p.bpmn', content: model('p', start(), end(), flow('start -> end')) }])
  await fleeting.stop()

  const folder = await mkdtemp(join(tmpdir(), 'commitbase-engine-'))
  t.after(() => rm(folder, { recursive: true }))
  const author = { name: 'A', email: 'a@example.org' }
  const ids: string[] = []
  for (let times = 0; times < 2; times++) {
    const { store, close } = await openFolder(join(folder, 'engine.git'), { author })
    const engine = await startEngine({ store, port: 0 })
    ids.push(engine.engineId)
    await engine.stop()
    await close()
  }
  assert.equal(ids[0], ids[1], 'it is the same engine again')
})
