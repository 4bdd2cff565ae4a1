import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Handler } from '../../src/events/handlers/handler.ts'
import { startHub } from '../../src/hub/hub.ts'
import { handlerSet, nextHappening, tokenFor } from '../../src/hub/testing/testHub.ts'
import { dispatched, runAction, type StepOptions } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

test('eight runs at once on a repository behind the hub that is sent dispatches all the time all land', async (t) => {
  const { hub, action, git } = await setUp(t)
  const workspace = await workspaceWith(t, {
    'h.mjs': "export const put = (event, tx) => tx.upsert('stock', { _id: event.data._id })",
  })
  const ids = [1, 2, 3, 4]
  let dispatches = 0
  let isDone = false
  const dispatching = async () => {
    while (!isDone) {
      const id = `d${++dispatches}`
      const applied = nextHappening(hub, (happening) => happening.type === 'committed' && happening.event.id === id)
      await post(hub, { event_type: 'put', client_payload: { event_id: id, _id: `d${dispatches % 50}` } })
      await applied
    }
  }
  const runs = Promise.all([
    ...ids.map((n) => action({ workspace, ...dispatched('put', { _id: `h${n}` }), inputs: { handlers: 'h.mjs' } })),
    ...ids.map((n) => action({ inputs: { operation: 'UPSERT', table: 'stock', record: `{"_id":"o${n}"}` } })),
  ]).finally(() => {
    isDone = true
  })
  const [steps] = await Promise.all([runs, dispatching()])
  for (const step of steps) assert.equal(step.status, 0, step.log)
  await hub.idle()
  assert.equal(await git('rev-list', '--count', hub.branch), `${8 + dispatches}\n`)
  const files = await git('ls-tree', '--name-only', '-r', hub.branch)
  for (const n of ids) assert.ok(files.includes(`db/stock/h${n}.json`) && files.includes(`db/stock/o${n}.json`), files)
  for (const { outputs } of steps) {
    const receipt = await hub.findReceipt('https://github.com/acme/shop', outputs.event_id!)
    assert.equal(receipt?.commit, outputs.commit)
  }
  assert.equal(await git('for-each-ref', 'refs/commitbase/inbox', 'refs/commitbase/lease'), '')
  await git('fsck', '--full', '--strict')
})

test('a read token reads and cannot write: red, with one annotation', async (t) => {
  const { hub, action } = await setUp(t)
  const github_token = await tokenFor(hub, 'read')
  const read = await action({ inputs: { operation: 'FINDMANY', table: 'stock', github_token } })
  assert.equal(read.status, 0, read.log)
  const write = await action({ inputs: { operation: 'UPSERT', table: 'stock', record: '{}', github_token } })
  assert.deepEqual([write.status, write.errors.length], [1, 1], write.log)
  assert.equal(write.log.replaceAll(/^::add-mask::.*$/gm, '').includes(github_token), false)
})

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-hub-'))
  const put: Handler = (event, tx) => tx.upsert('stock', { _id: event.data._id, event: event.id })
  const handlers = handlerSet({ put })
  const hub = await startHub({ folder, repository: 'acme/shop', port: 0, handlers, log: () => {} })
  t.after(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const action = (options: Omit<StepOptions, 'server'>) =>
    runAction(t, { server: hub.address, ...options, inputs: { github_token: hub.token, ...options.inputs } })
  const git = async (...args: string[]) => (await promisify(execFile)('git', ['-C', hub.folder, ...args])).stdout
  return { hub, action, git }
}

async function post(hub: { address: string; token: string }, body: unknown): Promise<void> {
  const headers = { authorization: `token ${hub.token}`, 'content-type': 'application/json' }
  const response = await fetch(`${hub.address}/repos/acme/shop/dispatches`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  assert.equal(response.status, 204)
}
