import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { countReceipts, receiptOf } from '../action/receipt.ts'
import { makeRemote, serveRemote } from '../action/remote.ts'
import { dispatched, runAction } from '../action/runAction.ts'
import { workspaceWith } from '../action/workspace.ts'
import { proxyTo, type RequestFault } from './faultyProxy.ts'

const github_token = 'the-token'
const count = `export async function counted(event, tx) {
  const { n = 0 } = (await tx.get('counter', 'c')) ?? {}
  return tx.upsert('counter', { _id: 'c', n: n + 1 })
}`

const passing: Readonly<Record<string, RequestFault>> = {
  'answers 500': { kind: 'status', status: 500 },
  'answers 503': { kind: 'status', status: 503 },
  'answers 429 and when to come again': { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  'cuts the line half-way': { kind: 'cut' },
  'does it, and its answer is lost': { kind: 'lost answer' },
}
const isPush = (line: string) => line.startsWith('POST') && line.includes('git-receive-pack')
const isRead = (line: string) => line.startsWith('GET') && line.includes('git-upload-pack')

describe('a remote that', { concurrency: 2, timeout: 200_000 }, () => {
  for (const [what, fault] of Object.entries(passing)) {
    test(`${what} when it is pushed to: the event lands once, in the same run`, async (t) => {
      const { run, remote, requests } = await setUp(t, once(isPush, fault))
      const step = await run()
      assert.equal(step.status, 0, `${step.log}\n${requests.join('\n')}`)
      await assertOnce(remote, step.outputs.commit!)
      assert.equal((await run()).outputs.duplicate, 'true')
    })
  }

  test('answers 500 when it is read: the run tries again', async (t) => {
    const { run, remote } = await setUp(t, once(isRead, { kind: 'status', status: 500 }))
    const step = await run()
    assert.equal(step.status, 0, step.log)
    await assertOnce(remote, step.outputs.commit!)
  })

  test('answers 500 for ever: the run is red with one annotation, and the next one does it once', async (t) => {
    let isDown = true
    const { run, remote } = await setUp(t, (line) =>
      isDown && isPush(line) ? { kind: 'status', status: 500 } : undefined,
    )
    const red = await run()
    assert.equal(red.status, 1)
    assert.equal(red.errors.length, 1, red.log)
    assert.match(red.errors[0]!, /pushing to .* failed \(try again\).*500/s)
    assert.equal(await receiptOf(remote, 'e1'), undefined)
    isDown = false
    const green = await run()
    assert.equal(green.status, 0, green.log)
    await assertOnce(remote, green.outputs.commit!)
  })

  test('hangs in the middle of a push: it is given up after a while, and tried again', async (t) => {
    const { run, remote, requests } = await setUp(t, once(isPush, { kind: 'hang' }))
    const step = await run()
    assert.equal(step.status, 0, `${step.log}\n${requests.join('\n')}`)
    await assertOnce(remote, step.outputs.commit!)
  })
})

/** The fault for the first such request. */
function once(isMeant: (line: string) => boolean, fault: RequestFault): (line: string) => RequestFault | undefined {
  let isOver = false
  return (line) => {
    if (isOver || !isMeant(line)) return undefined
    isOver = true
    return fault
  }
}

async function setUp(t: TestContext, faultOf: (line: string) => RequestFault | undefined) {
  const remote = await makeRemote(t)
  const proxy = await proxyTo(t, await serveRemote(t, remote, github_token), faultOf)
  const workspace = await workspaceWith(t, { 'h.mjs': count })
  const inputs = { handlers: 'h.mjs', github_token }
  const run = () => runAction(t, { server: proxy.url, workspace, ...dispatched('counted', { event_id: 'e1' }), inputs })
  return { run, remote, requests: proxy.requests }
}

async function assertOnce(remote: Awaited<ReturnType<typeof makeRemote>>, commit: string): Promise<void> {
  assert.equal((await remote.git('rev-parse', 'main')).trim(), commit)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '2\n')
  assert.equal(JSON.parse(await remote.git('show', 'main:db/counter/c.json')).n, 1)
  assert.equal((await receiptOf(remote, 'e1'))?.commit, commit)
  assert.equal(await countReceipts(remote), 1)
  await remote.git('fsck', '--full', '--strict')
}
