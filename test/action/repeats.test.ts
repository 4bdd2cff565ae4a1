import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countReceipts, receiptOf } from './receipt.ts'
import { makeRemote } from './remote.ts'
import { dispatched, runAction } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const github_token = 'unused'
const count = `export async function counted(event, tx) {
  const { n = 0 } = (await tx.get('counter', 'c')) ?? {}
  return tx.upsert('counter', { _id: 'c', n: n + 1 })
}`

test('the same event twice is one commit: the second run gives the first one’s receipt', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, { 'h.mjs': count })
  const run = () =>
    runAction(t, {
      server: remote.server,
      workspace,
      ...dispatched('counted', { event_id: 'e1' }),
      inputs: { handlers: 'h.mjs', github_token },
    })
  const first = await run()
  const second = await run()
  assert.deepEqual([first.status, second.status], [0, 0], first.log + second.log)
  assert.deepEqual([first.outputs.duplicate, second.outputs.duplicate], ['false', 'true'])
  assert.deepEqual({ ...second.outputs, duplicate: 'false' }, first.outputs)
  assert.equal(first.outputs.event_id, 'e1')
  assert.equal(await countReceipts(remote), 1)
  assert.equal(JSON.parse(await remote.git('show', 'main:db/counter/c.json')).n, 1)
})

test('a re-run of a run repeats its event; the next run does not', async (t) => {
  const remote = await makeRemote(t)
  const inputs = { operation: 'UPSERT', table: 'log', record: '{"a":1}', github_token }
  const run = (runId: string) => runAction(t, { server: remote.server, inputs, runId })
  const [first, again, next] = [await run('7'), await run('7'), await run('8')]
  assert.deepEqual(
    [first, again, next].map(({ outputs }) => outputs.duplicate),
    ['false', 'true', 'false'],
    first.log,
  )
  assert.equal(again.outputs.commit, first.outputs.commit)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '3\n')
})

test('the same id with other content ends red and names both digests; the first receipt stays', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, { 'h.mjs': count })
  const run = (n: number) =>
    runAction(t, {
      server: remote.server,
      workspace,
      ...dispatched('counted', { event_id: 'e1', n }),
      inputs: { handlers: 'h.mjs', github_token },
    })
  await run(1)
  const receipt = await receiptOf(remote, 'e1')
  const other = await run(2)
  assert.equal(other.status, 1)
  assert.equal(other.errors.length, 1)
  assert.match(other.errors[0]!, new RegExp(`${receipt!.digest}.*[0-9a-f]{64}`))
  assert.deepEqual(await receiptOf(remote, 'e1'), receipt)
})

test('two operations in a run of one event are two events', async (t) => {
  const remote = await makeRemote(t)
  const dispatch = dispatched('order', { event_id: 'e1' })
  const ids: string[] = []
  for (const step of ['__self', '__self_2']) {
    const inputs = { operation: 'UPSERT', table: 'log', record: '{"a":1}', github_token }
    const { status, outputs, log } = await runAction(t, { server: remote.server, ...dispatch, step, inputs })
    assert.equal(status, 0, log)
    assert.match(outputs.event_id!, /^e1-[0-9a-f]{64}$/)
    ids.push(outputs.event_id!)
  }
  assert.equal(new Set(ids).size, 2)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '3\n')
})

test('a handler that failed is run again by a re-run, which replaces its receipt', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, {
    'h.mjs': `export const settings = { flaky: { retries: 0 } }
      export async function flaky(event, tx) {
        await tx.upsert('t', { _id: 'a' })
        if (!process.env.WELL) throw new Error('the warehouse is closed')
      }`,
  })
  const run = (env: Record<string, string>) =>
    runAction(t, {
      server: remote.server,
      workspace,
      env,
      ...dispatched('flaky', { event_id: 'e1' }),
      inputs: { handlers: 'h.mjs', github_token },
    })
  const failed = await run({})
  assert.equal(failed.status, 1)
  assert.match(failed.errors.join('\n'), /flaky failed \(internal\): the warehouse is closed/)
  assert.equal((await receiptOf(remote, 'e1'))?.status, 'failed')
  assert.equal(await remote.git('rev-list', '--count', 'main'), '1\n')
  const well = await run({ WELL: '1' })
  assert.deepEqual([well.status, well.outputs.duplicate], [0, 'false'], well.log)
  assert.equal((await receiptOf(remote, 'e1'))?.status, 'done')
})
