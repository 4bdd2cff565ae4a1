import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createControlledClock } from '../../src/engine/runtime/controlledClock.ts'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { compare } from './compare.ts'
import { openOurs } from './ours.ts'
import { openPeer } from './peer.ts'
import { play } from './play.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/table.ts'

/** Of each element the first two: what they leave behind must not show in the next. */
const chosen = Object.values(scenarios).flatMap((group) => Object.entries(group).slice(0, 2))

test('what is played on one engine that goes on shows what a new one shows', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-peer-'))
  const file = join(folder, 'records.jsonl')
  const engine = await startEngine({
    store: createMemoryStore(),
    port: 0,
    clock: createControlledClock(),
    records: { file },
    management: { port: 0 },
  })
  t.after(async () => {
    await engine.stop()
    await rm(folder, { recursive: true })
  })
  const management = `http://127.0.0.1:${engine.management?.port}`
  const peer = await openPeer({ gateway: engine.address, management, records: file })
  for (const [name, scenario] of chosen) {
    const fresh = await openOurs(peer.now())
    try {
      assert.deepEqual(compare(await play(fresh, scenario), await play(peer, scenario)), [], name)
    } finally {
      await fresh.close()
    }
  }
})

test('a difference is shown as the lines of both', async () => {
  const [first, second] = [await openOurs(), await openOurs()]
  const scenario = chosen[0]![1]
  const shorter: Scenario = { ...scenario, steps: scenario.steps.slice(0, -1) }
  try {
    const lines = compare(await play(first, scenario), await play(second, shorter))
    assert.ok(lines.includes('- element p COMPLETED'), lines.join('\n'))
    assert.ok(lines.includes('  element p ACTIVATED'))
    assert.ok(!lines.some((line) => line.startsWith('+')))
  } finally {
    await Promise.all([first.close(), second.close()])
  }
})
