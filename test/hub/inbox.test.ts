import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventKey } from '../../src/database/receipts/eventKey.ts'
import type { Hub } from '../../src/hub/hub.ts'
import {
  cloneAddress,
  dispatch,
  git,
  newFolder,
  nextHappening,
  receiptOf,
  runGit,
  startTestHub,
} from '../../src/hub/testing/testHub.ts'

const ours = { path: 'test', id: '0'.repeat(40) }
const foreign = { path: 'elsewhere', id: '1'.repeat(40) }

test('what is pushed into the inbox, and the hub can evaluate, is committed; entry and lease are gone then', async (t) => {
  const hub = await startTestHub(t)
  const writer = await openWriter(t, hub)
  const committed = nextHappening(hub, ({ type }) => type === 'committed')
  await writer.push(await writer.entry('e1', ours), await writer.lease(1))
  assert.equal(Object(await committed).event.id, 'e1')
  const receipt = await receiptOf(hub, 'e1')
  assert.deepEqual([receipt.status, receipt.event.type], ['done', 'restock'])
  await eventually(async () => assert.equal(await writer.refs(), ''))
})

test('an entry that was left before the hub started is evaluated when it starts', async (t) => {
  const folder = await newFolder(t)
  const first = await startTestHub(t, { folder, handlers: { ...foreign, handlers: new Map() } })
  const writer = await openWriter(t, first)
  await writer.push(await writer.entry('e1', ours))
  await first.stop()
  const second = await startTestHub(t, { folder })
  assert.equal((await receiptOf(second, 'e1')).status, 'done')
})

test('while another has the lease for what the hub cannot evaluate, its dispatches wait, so that the drain push lands', async (t) => {
  const hub = await startTestHub(t)
  await dispatch(hub, 'restock', { event_id: 'before', product: { _id: 'sku-1' } })
  await receiptOf(hub, 'before')
  const writer = await openWriter(t, hub)
  const entry = await writer.entry('e1', foreign)
  await writer.push(entry, await writer.lease(1))
  const accepted = await dispatch(hub, 'restock', { event_id: 'meanwhile', product: { _id: 'sku-2' } })
  assert.equal(accepted.status, 204)
  const commit = await writer.commit()
  await writer.push(`${commit}:refs/heads/main`, entry.replace(/^.*:/, ':'), ':refs/commitbase/lease')
  await receiptOf(hub, 'meanwhile')
  assert.equal(await git(hub.folder, 'rev-list', '--count', `${commit}..main`), '1')
  await eventually(async () => assert.equal(await writer.refs(), ''))
})

test('a writer that has the lease and never pushes holds up nobody for long', async (t) => {
  const hub = await startTestHub(t)
  const writer = await openWriter(t, hub)
  await writer.push(await writer.entry('e1', foreign), await writer.lease(1))
  for (const id of ['one', 'two']) {
    await dispatch(hub, 'restock', { event_id: id, product: { _id: 'sku-2' } })
    assert.equal((await receiptOf(hub, id)).status, 'done')
  }
  assert.match(await writer.refs(), /inbox/)
})

/** A clone of the hub's repository, and pushes from it as a run of the Action makes them. */
async function openWriter(t: TestContext, hub: Hub) {
  const work = join(await newFolder(t), 'work')
  await runGit('.', 'clone', '-q', cloneAddress(hub), work)
  const blob = async (text: string) => {
    await writeFile(join(work, 'blob'), text)
    return await git(work, 'hash-object', '-w', 'blob')
  }
  return {
    entry: async (id: string, handlers: { path: string; id: string }) => {
      const request = { event: eventOf(id), handlers, branch: 'refs/heads/main', basedir: 'db' }
      const oid = await blob(JSON.stringify({ owner: 'me', entered: new Date().toISOString(), request }))
      return `${oid}:refs/commitbase/inbox/${eventKey(source, id)}`
    },
    lease: async (counter: number) => `${await blob(JSON.stringify({ holder: 'me', counter }))}:refs/commitbase/lease`,
    commit: () => git(work, 'commit-tree', '-p', 'origin/main', '-m', 'Drained', 'origin/main^{tree}'),
    push: (...moves: string[]) => git(work, 'push', '--atomic', '-q', 'origin', ...moves),
    refs: () => git(work, 'ls-remote', 'origin', 'refs/commitbase/inbox/*', 'refs/commitbase/lease'),
  }
}

const source = 'https://github.com/octo/shop'

function eventOf(id: string) {
  const data = { product: { _id: 'sku-1', stock_level: 1 } }
  return { id, source, type: 'restock', time: '2026-01-01T00:00:00.000Z', data, correlationid: id }
}

/** Resolves when it no longer fails; an assertion that fails for ever ends with the test's own limit. */
async function eventually(look: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const [{ status }] = await Promise.allSettled([look()])
    if (status === 'fulfilled') return
  }
}
