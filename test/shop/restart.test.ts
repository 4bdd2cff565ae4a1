import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ZBClient } from 'zeebe-node'
import { lateAnswer, order, restock, sampleProducts } from '../../examples/shop/orders.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import { git, newFolder, repository as repo, runGit } from '../../src/hub/testing/testHub.ts'
import { type Addresses, type Line, startOn } from '../start/startProcess.ts'
import { commitsOf, dispatcherTo } from './openTestShop.ts'

const products = sampleProducts(200)

describe('a restart', { concurrency: true, timeout: 60_000 }, () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    test(`by ${signal} in the middle of a parallel restock: after it every product is stocked exactly once`, async (t) => {
      const folder = await newFolder(t)
      const first = await startOn(t, folder)
      const committed = await listenFor(first.addresses, 'committed', 20)
      const { processInstanceKey } = await createInstance(t, first.addresses.engine, restockEach)
      await committed()
      assert.equal(await first.kill(signal), signal === 'SIGKILL' ? signal : 0)
      // Some of those that were told of may be in the ahead-file still.
      const before = await countCommits(folder)
      assert.ok(before < 200, `it was in the middle: ${before} of 200 commits were there`)
      const second = await startOn(t, folder)
      await instanceEnds(t, second.addresses.engine, processInstanceKey)
      assert.equal(await second.kill('SIGTERM'), 0)
      await assertStockedOnce(folder)
      assert.doesNotMatch(first.output + second.output, /"failed":true|"type":"warning"/)
    })
  }

  test('an instance that waits for its message still waits after it, and goes on by a dispatch or a publish', async (t) => {
    const folder = await newFolder(t)
    const first = await startOn(t, folder)
    const restocked = { event_id: 'stock', product: products[0], stock_level: 2 }
    await dispatcherTo(first.addresses.hub, first.addresses.token)('restock_item', restocked)
    await first.count(isCommitted, 1)
    const late = { lose: 'late-1', publish: 'late-2' }
    const waiting = await Promise.all(
      Object.values(late).map((_id) => createInstance(t, first.addresses.engine, order('late', { _id, repo }))),
    )
    await until(async () => (await waitingFor(folder, 'SHIPPED_TO_CUSTOMER')) === 2)
    await first.kill('SIGKILL')
    const second = await startOn(t, folder)
    const { hub, engine, token } = second.addresses
    const { event_type, client_payload } = lateAnswer(late.lose)
    await dispatcherTo(hub, token)(event_type, client_payload)
    await instanceEnds(t, engine, waiting[0]!.processInstanceKey)
    const client = clientOf(t, engine)
    await client.setVariables({ elementInstanceKey: waiting[1]!.processInstanceKey, variables: {}, local: false })
    const message = { name: 'SHIPPED_TO_CUSTOMER', correlationKey: late.publish, timeToLive: 60_000, variables: {} }
    await client.publishMessage({ ...message, messageId: 'by hand' })
    await instanceEnds(t, engine, waiting[1]!.processInstanceKey)
    assert.equal(await second.kill('SIGINT'), 0)
  })
})

const restockEach = restock({ _id: 'restart', repo, products, stockLevel: 9, parallel: true })

function isCommitted({ type, commit }: Line): boolean {
  return type === 'event' && typeof commit === 'string'
}

/** Reads the hub's live stream until it has told so many of a kind; the story's lines come later, with the messages. */
async function listenFor({ hub, token }: Addresses, type: string, number: number): Promise<() => Promise<void>> {
  const headers = { authorization: `Bearer ${token}` }
  const { body } = await fetch(`${hub}/repos/${repo}/stream`, { headers })
  return async () => {
    let told = ''
    for await (const text of body!.pipeThrough(new TextDecoderStream())) {
      told += text
      if (told.split(`event: ${type}\n`).length > number) return
    }
  }
}

async function countCommits(folder: string): Promise<number> {
  return Number(await git(join(folder, 'repository.git'), 'rev-list', '--count', '--branches=main'))
}

async function assertStockedOnce(folder: string): Promise<void> {
  const repository = join(folder, 'repository.git')
  const commits = await commitsOf(repository)
  const subjects = commits.map(({ subject }) => subject).sort()
  assert.deepEqual(
    subjects,
    products.map(({ _id }) => `UPSERT stock/${_id}`),
  )
  assert.equal(new Set(commits.map(({ trailers }) => trailers['Event-Id'])).size, 200)
  const receipts = await git(repository, 'ls-tree', '-r', '--name-only', 'refs/commitbase/receipts')
  assert.equal(receipts.match(/^[0-9a-f]{2}\/.*\.json$/gm)?.length, 200, 'no job asked twice under two ids')
  const levels = await git(repository, 'grep', '-h', 'stock_level', 'main', '--', 'db/stock')
  assert.deepEqual(new Set(levels.split(/\n\s*/)), new Set(['"stock_level": 9,']))
  const instances = await git(repository, 'ls-tree', '-r', '--name-only', 'refs/commitbase/engine', 'instances/')
  assert.equal(instances, '')
  const fsck = await runGit(repository, 'fsck', '--full', '--strict')
  assert.deepEqual([fsck.status, fsck.words], [0, ''])
}

function clientOf(t: TestContext, address: string): ZBClient {
  const client = new ZBClient(address, { useTLS: false, loglevel: 'NONE', retry: false })
  afterwards(t, () => client.close())
  return client
}

/** Starts an instance by the real zeebe-node. */
function createInstance(t: TestContext, address: string, start: { bpmnProcessId: string; variables: object }) {
  const { bpmnProcessId, variables } = start
  return clientOf(t, address).createProcessInstance({ bpmnProcessId, variables: { ...variables } })
}

/** No call of the protocol waits for the end of an instance that somebody else started: it is there as long as its variables can be set. */
async function instanceEnds(t: TestContext, address: string, key: string): Promise<void> {
  const client = clientOf(t, address)
  await until(async () => {
    try {
      await client.setVariables({ elementInstanceKey: key, variables: {}, local: false })
      return false
    } catch (error) {
      if ((error as { code: number }).code === notFound) return true
      throw error
    }
  })
}

const notFound = 5

/** How many instances wait for the message, in the engine's documents. */
async function waitingFor(folder: string, message: string): Promise<number> {
  const args = ['grep', '-h', `"messageName": "${message}"`, 'refs/commitbase/engine', '--', 'instances']
  const { output } = await runGit(join(folder, 'repository.git'), ...args)
  return output.split('\n').filter(Boolean).length
}

/** Asks until it holds: what can be seen only by asking. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50)
}
