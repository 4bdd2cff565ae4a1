import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { git, runGit } from '../../git/commands/git.ts'
import { type LocalRepository, openLocal } from '../../git/local/local.ts'
import { takeOwnership } from '../../git/local/owner.ts'
import { keepUp } from '../../git/local/upkeep.ts'
import { openMemory } from '../../git/memory.ts'
import { afterwards } from '../../git/testing/afterwards.ts'
import { assertSound, newFolder } from '../../git/testing/gitFolder.ts'
import { Writer } from '../../git/writer.ts'
import { end, flow, messageCatch, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine, type TestEngine } from '../testing/testEngine.ts'
import { createGitStore, engineRef } from './gitStore.ts'
import { engineBeforeRef, pruneHistory } from './pruneHistory.ts'

const order = model(
  'order',
  start(),
  serviceTask('task', 'work'),
  messageCatch('wait', 'PAID', '=order'),
  end(),
  flow('start -> task -> wait -> end'),
)
const pause = model('pause', start(), messageCatch('wait', 'GO', '=order'), end(), flow('start -> wait -> end'))
const author = { name: 'Engine', email: 'engine@example.net' }
const day = 24 * 3_600_000
const month = { days: 30, most: 1_000_000 }

test('what is older than is asked for leaves the history in two steps, a clone is small then, and who runs sees nothing of it', async (t) => {
  const folder = await newFolder(t)
  const opened = await open(t, folder)
  const engine = await startTestEngine(t, { store: opened.store })
  await engine.deploy({ 'order.bpmn': order, 'pause.bpmn': pause })
  await engine.create('pause', { order: '7' })
  assert.equal(await opened.prune(0), false, 'the history is dated, and begins')
  await finish(engine, 40)
  assert.equal(await opened.prune(30 * day - 1), false)
  const first = await opened.tip(engineRef)
  assert.equal(await opened.prune(30 * day), true)
  assert.equal(await opened.tip(engineBeforeRef), first, 'what is a month old can still be read')
  await opened.repository.seal()
  assert.equal(await commitsOf(folder, engineRef), 1)
  await finish(engine, 3)
  const documents = await opened.store.load()
  assert.equal(await opened.prune(60 * day), true)
  assert.deepEqual(await opened.store.load(), documents)

  await opened.repository.seal()
  const clone = await newFolder(t)
  await git(['clone', '--quiet', '--mirror', '--no-local', folder, clone])
  assert.equal(
    (await runGit([`--git-dir=${clone}`, 'cat-file', '-e', first])).status,
    1,
    'what is two months old is gone',
  )
  assert.ok((await commitsOf(clone, '--all')) < 20, 'a clone has the last two histories')
  await assertSound(clone)

  await engine.stop()
  await opened.close()
  const again = await open(t, folder)
  const restarted = await startTestEngine(t, { store: again.store })
  await restarted.client.call('PublishMessage', { name: 'GO', correlationKey: '7', timeToLive: 0 })
  const left = [...(await again.store.load()).keys()].filter((path) => path.startsWith('instances/'))
  assert.deepEqual(left, [], 'what waited all the time was there to go on')
})

test('upkeep takes what was given up off the disk', async (t) => {
  const folder = await newFolder(t)
  const opened = await open(t, folder)
  const engine = await startTestEngine(t, { store: opened.store })
  await engine.deploy({ 'order.bpmn': order })
  await opened.prune(0)
  await finish(engine, 5)
  const first = await opened.tip(engineRef)
  await opened.prune(30 * day)
  await opened.prune(60 * day)
  await engine.stop()
  await opened.close()
  await keepUp(folder, { environment: process.env, config: { 'core.hooksPath': '/dev/null' } }, { full: true })
  assert.equal((await runGit([`--git-dir=${folder}`, 'cat-file', '-e', first])).status, 1)
  await assertSound(folder)
  const again = await open(t, folder)
  await finish(await startTestEngine(t, { store: again.store }), 1)
})

test('a history is too long as well when so many keys were given out in it', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [engineRef] })
  const store = createGitStore({ repository, writer, author, clock: () => 0 })
  const prune = () => pruneHistory({ repository, writer, author, now: 0, keeping: { days: 30, most: 1_000 } })
  const save = (counter: number) => store.save(new Map([['engine.json', { id: 'e', counter }]]), 'so far')
  assert.equal(await prune(), false, 'where there is no engine there is nothing to prune')
  await save(500)
  assert.equal(await prune(), false)
  await save(1_499)
  assert.equal(await prune(), false)
  await save(1_500)
  assert.equal(await prune(), true)
  assert.equal(await prune(), false)
})

interface Opened {
  readonly repository: LocalRepository
  readonly store: ReturnType<typeof createGitStore>
  prune(now: number): Promise<boolean>
  tip(ref: string): Promise<string>
  close(): Promise<void>
}

async function open(t: TestContext, folder: string): Promise<Opened> {
  const ownership = await takeOwnership(folder)
  const repository = await openLocal(folder, { ownership })
  const writer = new Writer({ repository, refs: [engineRef] })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= repository.close().then(() => ownership.release())
    return closed
  }
  afterwards(t, close)
  return {
    repository,
    store: createGitStore({ repository, writer, author, clock: () => 0 }),
    prune: (now) => pruneHistory({ repository, writer, author, keeping: month, now }),
    tip: async (ref) => (await repository.refs([ref])).get(ref)!,
    close,
  }
}

async function commitsOf(folder: string, ref: string): Promise<number> {
  return Number(await git([`--git-dir=${folder}`, 'rev-list', '--count', ref]))
}

async function finish({ client, create }: TestEngine, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await create('order', { order: `${n}` })
    const [job] = await client.activate('work')
    await client.call('CompleteJob', { jobKey: job!.key })
    await client.call('PublishMessage', { name: 'PAID', correlationKey: `${n}`, timeToLive: 0 })
  }
}
