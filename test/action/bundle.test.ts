import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { makeRemote, serveRemote } from './remote.ts'
import { dispatched, runAction } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the committed bundle is what the sources make', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts'), '--check'])
  assert.match(stdout, /action\/dist is what the sources make/)
})

test('the bundle is a script with its parts and the proto file, and works alone in an empty folder: handlers in TypeScript, commit, message', async (t) => {
  const script = await copyBundle(t)
  const engine = await startEngine({ store: createMemoryStore(), port: 0 })
  t.after(() => engine.stop())
  const remote = await makeRemote(t)
  const server = await serveRemote(t, remote, 'the-token')
  const workspace = await workspaceWith(t, {
    'handlers.ts': `interface Restock { _id: string }
      export const restock = async (event: { data: Restock }, tx: any) => {
        tx.publish({ name: 'RESTOCKED', correlationKey: event.data._id })
        return tx.upsert('stock', { _id: event.data._id })
      }`,
  })
  const step = await runAction(t, {
    script,
    server,
    workspace,
    ...dispatched('restock', { _id: 'a' }),
    inputs: { handlers: 'handlers.ts', github_token: 'the-token', zeebe_address: engine.address },
  })
  assert.equal(step.status, 0, step.log)
  assert.match(step.summary, /RESTOCKED.*taken by the engine/)
  assert.match(await remote.git('show', 'main:db/stock/a.json'), /"_id": "a"/)
})

async function copyBundle(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-bundle-'))
  t.after(() => rm(folder, { recursive: true }))
  await cp(join(root, 'action/dist'), folder, { recursive: true })
  const names = (await readdir(folder)).filter((name) => !/^part-[0-9A-Z]{8}\.mjs$/.test(name))
  assert.deepEqual(names.sort(), ['main.mjs', 'zeebe.proto'])
  return join(folder, 'main.mjs')
}
