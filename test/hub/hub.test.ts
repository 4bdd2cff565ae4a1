import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { Server } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { CommitbaseError } from '../../src/errors.ts'
import { eventFromDispatch } from '../../src/events/dispatch.ts'
import type { Message } from '../../src/events/messages/message.ts'
import { openJournal } from '../../src/git/disk/journal.ts'
import { startHub } from '../../src/hub/hub.ts'
import { Intake } from '../../src/hub/intake/intake.ts'
import {
  ask,
  dispatch,
  git,
  handlerSet,
  newFolder,
  nextHappening,
  receiptOf,
  repository,
  runGit,
  startTestHub,
  tokenFor,
} from '../../src/hub/testing/testHub.ts'

test('a stopped hub has applied what it accepted, and goes on from there with the same tokens', async (t) => {
  const folder = await newFolder(t)
  const first = await startTestHub(t, { folder })
  const token = await tokenFor(first, 'read')
  for (let number = 0; number < 20; number++) {
    await dispatch(first, 'restock', { event_id: `e-${number}`, product: { _id: `sku-${number}`, stock_level: 1 } })
  }
  await first.stop()
  assert.equal(await git(first.folder, 'rev-list', '--count', 'main'), '20')
  const second = await startTestHub(t, { folder })
  const path = `/repos/${repository}/events/e-19`
  assert.equal((await ask(second, path, { authorization: `Bearer ${token}` })).status, 200)
  assert.equal(
    (await ask(second, path, { authorization: `Bearer ${first.token}` })).status,
    401,
    'it was of that process',
  )
  assert.equal((await receiptOf(second, 'e-19')).seq, 20)
})

test('only one hub has a folder, and the second is told who', async (t) => {
  const folder = await newFolder(t)
  const hub = await startTestHub(t, { folder })
  await assert.rejects(startHub({ folder, repository, port: 0 }), (error) => {
    assert.ok(error instanceof CommitbaseError)
    assert.equal(error.code, 'conflict')
    assert.match(error.message, new RegExp(`process ${process.pid} at ${hub.address}`))
    return true
  })
  await dispatch(hub, 'restock', { event_id: 'e', product: { _id: 'sku-1' } })
  assert.equal((await receiptOf(hub, 'e')).status, 'done')
  const moved = await runGit(hub.folder, 'update-ref', 'refs/heads/side', 'main')
  assert.notEqual(moved.status, 0, 'nobody moves a ref past the hub')
  await hub.stop()
  await (await startTestHub(t, { folder })).stop()
})

test('a port that is taken, a folder that is none, a name that is none: each is said in a sentence', async (t) => {
  const hub = await startTestHub(t)
  const port = Number(new URL(hub.address).port)
  const folder = await newFolder(t)
  await assert.rejects(startHub({ folder, repository, port }), {
    code: 'unavailable',
    message: `port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another with --port`,
  })
  await (await startTestHub(t, { folder })).stop()
  await writeFile(join(folder, 'file'), '')
  await assert.rejects(startHub({ folder: join(folder, 'file'), repository, port: 0 }), { code: 'unavailable' })
  for (const name of ['', 'shop', 'a/b/c', 'a/b.git', '../b'])
    await assert.rejects(startHub({ folder, repository: name, port: 0 }), { code: 'invalid' }, name)
})

test('what a hub keeps for itself only its owner can read, and no token is in any file', async (t) => {
  const parent = await newFolder(t)
  const hub = await startTestHub(t, { folder: join(parent, 'data') })
  const token = await tokenFor(hub, 'write')
  await dispatch(hub, 'restock', { event_id: 'e', product: { _id: 'sku-1' } })
  await receiptOf(hub, 'e')
  const mode = async (path: string) => (await stat(join(parent, path))).mode & 0o777
  assert.equal(await mode('data'), 0o700)
  assert.equal(await mode('data/tokens'), 0o700)
  for (const file of await readdir(hub.tokens.folder)) assert.equal(await mode(`data/tokens/${file}`), 0o600)
  assert.equal(await mode('data/accepted.journal'), 0o600)
  for (const entry of await readdir(join(parent, 'data'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1')
    assert.ok(!text.includes(hub.token) && !text.includes(token), entry.name)
  }
})

test('messages leave in the order of the commits, once, and wait while nobody takes them', async (t) => {
  const folder = await newFolder(t)
  const hub = await startTestHub(t, { folder })
  for (let number = 1; number <= 5; number++) {
    const product = { _id: `sku-${number}`, stock_level: number }
    await dispatch(hub, 'restock', { event_id: `e-${number}`, correlation_id: 'order', product })
  }
  await hub.idle()
  const taken: Message[] = []
  const fifth = nextHappening(hub, (happening) => happening.type === 'message-taken' && happening.event.id === 'e-5')
  let isAway = true
  hub.publishTo({
    async publish(message) {
      if (isAway) {
        isAway = false
        throw new CommitbaseError('unavailable', 'the engine is away')
      }
      taken.push(message)
    },
  })
  const { message } = Object(await fifth)
  assert.equal(message.correlationKey, 'sku-5')
  assert.deepEqual(
    taken.map(({ name, correlationKey }) => `${name} ${correlationKey}`),
    [1, 2, 3, 4, 5].map((number) => `RESTOCKED sku-${number}`),
  )
  assert.equal(new Set(taken.map(({ messageId }) => messageId)).size, 5)
  await hub.stop()
  const second = await startTestHub(t, { folder })
  const sixth = nextHappening(second, ({ type }) => type === 'message-taken')
  second.publishTo({ publish: async (each) => void taken.push(each) })
  await dispatch(second, 'restock', { event_id: 'e-6', product: { _id: 'sku-6', stock_level: 6 } })
  await sixth
  assert.deepEqual(
    taken.slice(5).map(({ correlationKey }) => correlationKey),
    ['sku-6'],
    'the cursor survived',
  )
})

test('a restarted hub applies nothing again that has its receipt', async (t) => {
  const runs: string[] = []
  const handlers = handlerSet({
    count: async (event, tx) => {
      runs.push(event.id)
      await tx.upsert('counts', { _id: event.id })
    },
  })
  const folder = await newFolder(t)
  const first = await startTestHub(t, { folder, handlers })
  await dispatch(first, 'count', { event_id: 'a' })
  await first.stop()
  const second = await startTestHub(t, { folder, handlers })
  await dispatch(second, 'count', { event_id: 'a' })
  await second.idle()
  assert.deepEqual(runs, ['a'])
})

test('what was accepted before a crash is known before anybody can send something', async (t) => {
  const folder = await newFolder(t)
  const first = await startTestHub(t, { folder })
  await first.stop()
  const event = eventFromDispatch(
    { eventType: 'restock', payload: { event_id: 'e1', product: { _id: 'sku-1', stock_level: 1 } } },
    { newId: () => 'e1', source: `https://github.com/${repository}`, time: '2026-01-01T00:00:00.000Z' },
  )
  const journal = await openJournal(join(folder, 'accepted.journal'))
  await journal.append(Buffer.from(JSON.stringify(event)))
  await journal.close()
  const takeUp = t.mock.method(Intake.prototype, 'takeUp')
  const { listen } = Server.prototype
  t.mock.method(Server.prototype, 'listen', function (this: Server, ...given: Parameters<typeof listen>) {
    assert.equal(takeUp.mock.callCount(), 1)
    return listen.apply(this, given)
  })
  const second = await startTestHub(t, { folder })
  await dispatch(second, 'restock', { event_id: 'e2', product: { _id: 'sku-1', stock_level: 2 } })
  assert.equal((await receiptOf(second, 'e1')).seq, 1)
  assert.equal((await receiptOf(second, 'e2')).seq, 2)
})

test('a folder that somebody uses for something else is left alone', async (t) => {
  const folder = await newFolder(t)
  await mkdir(join(folder, 'repository.git'))
  await writeFile(join(folder, 'repository.git', 'notes.txt'), 'mine')
  await assert.rejects(startHub({ folder, repository, port: 0 }), { code: 'invalid' })
  assert.deepEqual(await readdir(join(folder, 'repository.git')), ['notes.txt'])
})
