import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { foldReceipts } from '../../src/database/receipts/foldReceipts.ts'
import { type Receipt, receiptsRef } from '../../src/database/receipts/receipt.ts'
import { type Applied, applyEvent } from '../../src/events/applyEvent.ts'
import { defaultSource, eventFromDispatch } from '../../src/events/dispatch.ts'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { openRemote } from '../../src/git/remote/remote.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import { Writer } from '../../src/git/writer.ts'
import { type Hub, startHub } from '../../src/hub/hub.ts'
import { git, newFolder, runGit } from '../../src/hub/testing/testHub.ts'
import { dispatched, runAction } from '../action/runAction.ts'
import { workspaceWith } from '../action/workspace.ts'

const repository = 'acme/shop'
const count = `export async function counted(event, tx) {
  const { n = 0 } = (await tx.get('counter', 'c')) ?? {}
  return tx.upsert('counter', { _id: 'c', n: n + 1 })
}`

/** All doors that write. */
interface Doors {
  readonly hub: Hub
  /** Gives the status of the answer, and the receipt where it is 204. */
  dispatch(payload: object): Promise<{ status: number; receipt?: Receipt }>
  action(payload: object, runId?: string): ReturnType<typeof runAction>
  /** What a program does with the library, in this process. */
  library(payload: Record<string, unknown>): Promise<Applied>
}

test('the same event at the same time from the hub, runs of the Action and the library is one commit, and all have the same receipt', {
  timeout: 120_000,
}, async (t) => {
  const { hub, dispatch, action, library } = await openDoors(t, await newFolder(t))
  const payload = { event_id: 'e1', amount: 1 }
  const [posts, runs, calls] = await Promise.all([
    Promise.all([1, 2, 3].map(() => dispatch(payload))),
    Promise.all([1, 2].map(() => action(payload))),
    Promise.all([1, 2].map(() => library(payload))),
  ])
  const receipt = posts[0]!.receipt!
  for (const post of posts) assert.deepEqual([post.status, post.receipt], [204, receipt])
  for (const run of runs) assert.deepEqual([run.status, run.outputs.commit], [0, receipt.commit], run.log)
  for (const call of calls) assert.deepEqual(call.receipt, receipt)
  const told = [...runs.map(({ outputs }) => outputs.duplicate === 'true'), ...calls.map(({ duplicate }) => duplicate)]
  assert.ok(told.filter((isRepeat) => !isRepeat).length <= 1, 'at most one of them was the first')
  await assertOnce(hub, receipt)
})

test('with other content it is refused at each door, with both digests, and the receipt stays', {
  timeout: 120_000,
}, async (t) => {
  const { hub, dispatch, action, library } = await openDoors(t, await newFolder(t))
  const { receipt } = await dispatch({ event_id: 'e1', amount: 1 })
  const other = { event_id: 'e1', amount: 2 }
  assert.equal((await dispatch(other)).status, 409)
  const run = await action(other)
  assert.equal(run.status, 1)
  assert.match(run.errors.join(), new RegExp(`${receipt!.digest}.*now [0-9a-f]{64}`))
  await assert.rejects(library(other), { code: 'conflict', message: new RegExp(receipt!.digest) })
  await assertOnce(hub, receipt!)
})

test('after a restart, on another machine and by a re-run it is still the same event', {
  timeout: 120_000,
}, async (t) => {
  const folder = await newFolder(t)
  const first = await openDoors(t, folder)
  const payload = { event_id: 'e1', amount: 1 }
  const run = await first.action(payload, '7')
  const { receipt } = await first.dispatch(payload)
  assert.deepEqual([run.status, run.outputs.commit], [0, receipt!.commit], run.log)
  await first.hub.stop()
  const second = await openDoors(t, folder)
  assert.deepEqual((await second.dispatch(payload)).receipt, receipt)
  const again = await second.action(payload, '7')
  assert.deepEqual([again.outputs.duplicate, again.outputs.commit], ['true', receipt!.commit], again.log)
  await second.hub.stop()
  const elsewhere = join(await newFolder(t), 'mirror.git')
  await git('/', 'clone', '--quiet', '--mirror', second.hub.folder, elsewhere)
  const third = await openDoors(t, elsewhere)
  assert.deepEqual((await third.dispatch(payload)).receipt, receipt)
  assert.deepEqual((await third.library(payload)).receipt, receipt)
  await assertOnce(third.hub, receipt!)
})

async function openDoors(t: TestContext, folder: string): Promise<Doors> {
  const workspace = await workspaceWith(t, { 'h.mjs': count })
  const handlers = await loadHandlers(join(workspace, 'h.mjs'))
  const hub = await startHub({ folder, repository, port: 0, handlers, log: () => {} })
  afterwards(t, () => hub.stop())
  const source = defaultSource(repository)
  return {
    hub,
    async dispatch(payload) {
      const url = `${hub.address}/repos/${repository}`
      const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ event_type: 'counted', client_payload: payload })
      const { status } = await fetch(`${url}/dispatches`, { method: 'POST', headers, body })
      if (status !== 204) return { status }
      return { status, receipt: (await (await fetch(`${url}/events/e1?wait=30000`, { headers })).json()) as Receipt }
    },
    action: (payload, runId) =>
      runAction(t, {
        server: hub.address,
        workspace,
        ...dispatched('counted', payload),
        inputs: { handlers: 'h.mjs', github_token: hub.token },
        ...(runId === undefined ? {} : { runId }),
      }),
    async library(payload) {
      const remote = await openRemote({
        url: `${hub.address}/${repository}.git`,
        token: hub.token,
        environment: process.env,
      })
      const fold = foldReceipts({ name: 'a', email: 'a@b' }, Date.now)
      const writer = new Writer({ repository: remote, refs: [hub.branch, receiptsRef], fold })
      const context = { branch: hub.branch, basedir: 'db', handlers, clock: Date.now, newId: () => 'new' }
      const event = eventFromDispatch(
        { eventType: 'counted', payload },
        { newId: () => 'new', source, time: new Date().toISOString() },
      )
      return await writer.submit(applyEvent({ event }, context)).finally(() => remote.close())
    },
  }
}

async function assertOnce(hub: Hub, receipt: Receipt): Promise<void> {
  await hub.idle()
  assert.equal(await git(hub.folder, 'rev-list', hub.branch), receipt.commit)
  assert.equal(JSON.parse(await git(hub.folder, 'show', `${hub.branch}:db/counter/c.json`)).n, 1)
  const receipts = await git(hub.folder, 'ls-tree', '-r', '--name-only', receiptsRef)
  assert.equal(receipts.split('\n').filter((path) => /[0-9a-f]{64}\.json$/.test(path)).length, 1)
  assert.equal((await runGit(hub.folder, 'fsck', '--full', '--strict')).words, '')
}
