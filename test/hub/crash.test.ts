import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { dispatch, git, newFolder, receiptOf, runGit } from '../../src/hub/testing/testHub.ts'

/** Its first restocks land, then it stands still until the file is there. */
const handlers = `
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
export async function restock(event, tx) {
  const { product, gate } = event.data
  while (gate && !existsSync(gate)) await delay(20)
  await tx.upsert('stock', product)
  tx.publish({ name: 'RESTOCKED', correlationKey: product._id })
}`

test('what was acknowledged before kill -9 is applied exactly once after it', async (t) => {
  const { data, modules, gate } = await prepare(t)
  const first = await startProcess(t, data, modules)
  for (let number = 0; number < 10; number++) await restock(first.hub, number)
  for (let number = 0; number < 10; number++) await receiptOf(first.hub, `e-${number}`)
  for (let number = 10; number < 20; number++) await restock(first.hub, number, gate)
  await kill(first.child)
  await writeFile(gate, '')
  const { hub } = await startProcess(t, data, modules)
  for (let number = 0; number < 20; number++) assert.equal((await receiptOf(hub, `e-${number}`)).status, 'done')
  await restock(hub, 15, gate)
  await restock(hub, 20)
  await receiptOf(hub, 'e-20')
  const events = await git(hub.folder, 'log', '--format=%(trailers:key=Event-Id,valueonly,separator=)', 'main')
  assert.deepEqual(
    events.split('\n').toReversed(),
    Array.from({ length: 21 }, (_, number) => `e-${number}`),
  )
  const fsck = await runGit(hub.folder, 'fsck', '--full', '--strict')
  assert.deepEqual([fsck.status, fsck.words], [0, ''])
})

test('kill -9 at any moment of a stream of events loses none that was acknowledged and doubles none', async (t) => {
  const { data, modules } = await prepare(t)
  const acknowledged: number[] = []
  for (let round = 0; round < 3; round++) {
    const { hub, child } = await startProcess(t, data, modules)
    const numbers = Array.from({ length: 60 }, (_, index) => round * 60 + index)
    const enough = Promise.withResolvers<void>()
    const before = acknowledged.length
    const sent = numbers.map(async (number) => {
      const answer = await restock(hub, number).catch(() => undefined)
      if (answer?.status === 204) acknowledged.push(number)
      if (acknowledged.length >= before + 20) enough.resolve()
    })
    await enough.promise
    await kill(child)
    await Promise.all(sent)
  }
  const { hub } = await startProcess(t, data, modules)
  for (const number of acknowledged) assert.equal((await receiptOf(hub, `e-${number}`)).status, 'done')
  const events = await git(hub.folder, 'log', '--format=%(trailers:key=Event-Id,valueonly,separator=)', 'main')
  const applied = events.split('\n')
  assert.equal(new Set(applied).size, applied.length)
  assert.equal((await runGit(hub.folder, 'fsck', '--full', '--strict')).status, 0)
})

async function prepare(t: TestContext) {
  const folder = await newFolder(t)
  const modules = join(folder, 'handlers.mjs')
  await writeFile(modules, handlers)
  return { data: join(folder, 'data'), modules, gate: join(folder, 'gate') }
}

async function startProcess(t: TestContext, data: string, modules: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hubProcess.ts'), data, modules], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  afterwards(t, () => kill(child))
  const [line] = await once(createInterface(child.stdout!), 'line')
  return { child, hub: JSON.parse(line) as Hub }
}

function restock(hub: Hub, number: number, gate?: string) {
  return dispatch(hub, 'restock', { event_id: `e-${number}`, product: { _id: `sku-${number}` }, gate })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
