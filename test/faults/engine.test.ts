import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { end, flow, messageStart, model, serviceTask, start, timerCatch } from '../../src/engine/testing/bpmn.ts'
import { GatewayClient } from '../../src/engine/testing/gatewayClient.ts'
import { createManualClock, type ManualClock } from '../../src/engine/testing/manualClock.ts'
import { startTestEngine } from '../../src/engine/testing/testEngine.ts'
import { CommitbaseError } from '../../src/errors.ts'
import type { Publisher } from '../../src/events/messages/message.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { dispatch, git, handlerSet, nextHappening, startTestHub } from '../../src/hub/testing/testHub.ts'
import { connect } from '../../src/zeebe/connect.ts'
import { publisherTo } from '../../src/zeebe/publish.ts'
import { lineTo } from './faultyLine.ts'

const hour = 3_600_000
const started = model(
  'asked',
  messageStart('begin', 'ASKED'),
  serviceTask('task', 'work'),
  end(),
  flow('begin -> task -> end'),
)
const asking = handlerSet({
  ask: (event, tx) => tx.publish({ name: 'ASKED', correlationKey: event.data._id, variables: { _id: event.data._id } }),
  poison: (event, tx) =>
    tx.publish({
      name: 'ASKED',
      correlationKey: event.data._id,
      variables: { big: 2 ** 60 + 2 ** 59 + 2 ** 58 + 2 ** 10 },
    }),
})

test('an engine whose line is cut, whose answers are lost, and that is away: each message is taken once, in the end', {
  timeout: 240_000,
}, async (t) => {
  const { hub, line, engine } = await setUp(t)
  await ask(hub, 0, 5)
  await jobsAre(engine, 5)
  line.set('cut')
  await ask(hub, 5, 5)
  await hub.idle()
  line.set('sound')
  await jobsAre(engine, 10)
  // The engine takes them, and nobody hears of it: they are sent again, and known.
  line.set('deaf')
  await ask(hub, 10, 5)
  await jobsAre(engine, 15)
  line.set('cut')
  line.set('sound')
  await ask(hub, 15, 5)
  await jobsAre(engine, 20)
  await sent(hub, 20)
  assert.deepEqual(
    (await engine.activate('work', { maxJobsToActivate: 100, timeout: 60_000 }))
      .map(({ variables }) => JSON.parse(variables)._id)
      .sort(),
    Array.from({ length: 20 }, (_, number) => `w${number}`).sort(),
  )
})

test('a message that the engine refuses goes to the dead letters with its words, and those behind it go on', async (t) => {
  const { hub, engine } = await setUp(t)
  const dead = nextHappening(hub, ({ type }) => type === 'message-dead')
  await dispatch(hub, 'poison', { event_id: 'poison', _id: 'p', correlation_id: 'same' })
  await dispatch(hub, 'ask', { event_id: 'a', _id: 'a', correlation_id: 'same' })
  await jobsAre(engine, 1)
  assert.match(Object(await dead).reason, /INVALID_ARGUMENT.*'big' would be kept as/)
  await hub.idle()
  const [letter] = (await git(hub.folder, 'ls-tree', '--name-only', 'refs/commitbase/receipts:dead')).split('\n')
  assert.match(await git(hub.folder, 'show', `refs/commitbase/receipts:dead/${letter}`), /'big' would be kept as/)
})

test('a clock that jumps an hour forth and back makes no message old that waits for its engine', async (t) => {
  let jump = 0
  const taken: string[] = []
  let isAway = true
  const publisher: Publisher = {
    async publish({ correlationKey }) {
      if (isAway) throw new CommitbaseError('unavailable', 'away')
      taken.push(correlationKey)
    },
  }
  const hub = await startTestHub(t, { handlers: asking, clock: () => Date.now() + jump, publisher })
  const all = nextHappening(hub, () => taken.length === 3)
  await ask(hub, 0, 1)
  jump = hour + 1_000
  await ask(hub, 1, 1)
  jump = 0
  await ask(hub, 2, 1)
  await hub.idle()
  jump = hour + 1_000
  isAway = false
  await all
  assert.deepEqual(taken.sort(), ['w0', 'w1', 'w2'])
})

test("a clock that jumps an hour forth and back: the engine's timers fire by it, each once, and none early", async (t) => {
  const clock = createManualClock()
  const engine = await startTestEngine(t, { clock })
  await engine.deploy({
    'timers.bpmn': model(
      'resting',
      start(),
      timerCatch('rest', { duration: 'PT30M' }),
      serviceTask('task', 'work'),
      end(),
      flow('start -> rest -> task -> end'),
    ),
  })
  const jobs = () => engine.client.activate('work', { timeout: 2 * hour, maxJobsToActivate: 10 })
  await engine.create('resting')
  clock.advance(29 * 60_000)
  assert.deepEqual(await jobs(), [])
  clock.advance(hour)
  assert.equal((await jobs()).length, 1)
  back(clock, hour)
  await engine.create('resting')
  assert.deepEqual(await jobs(), [])
  clock.advance(29 * 60_000)
  assert.deepEqual(await jobs(), [], 'none early, and the first one not again')
  clock.advance(60_000)
  assert.equal((await jobs()).length, 1)
  clock.advance(hour)
  assert.deepEqual(await jobs(), [])
})

function back(clock: ManualClock, milliseconds: number): void {
  clock.advance(-milliseconds)
}

async function setUp(t: TestContext) {
  const running = await startEngine({ store: createMemoryStore(), port: 0 })
  afterwards(t, () => running.stop())
  const line = await lineTo(t, running.port)
  const connected = connect({ address: line.address })
  afterwards(t, () => connected.close())
  const engine = new GatewayClient(running.address)
  afterwards(t, async () => engine.close())
  await engine.call('DeployResource', { resources: [{ name: 'asked.bpmn', content: Buffer.from(started) }] })
  const hub = await startTestHub(t, { handlers: asking, publisher: publisherTo(connected), log: () => {} })
  return { hub, line, engine }
}

async function ask(hub: Hub, from: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index)
  await Promise.all(numbers.map((number) => dispatch(hub, 'ask', { event_id: `e${number}`, _id: `w${number}` })))
}

/** Resolves when so many instances have begun; no job is taken for longer than a moment. */
async function jobsAre(engine: GatewayClient, count: number): Promise<void> {
  const seen = new Set<number>()
  while (seen.size < count) {
    const jobs = await engine.activate('work', { maxJobsToActivate: 100, timeout: 1, requestTimeout: 1_000 })
    for (const { key } of jobs) seen.add(key)
  }
  assert.equal(seen.size, count)
}

/** Resolves when the hub's cursor has come to that place. */
async function sent(hub: Hub, seq: number): Promise<void> {
  const ref = 'refs/commitbase/cursors/hub'
  for (;;) {
    await hub.idle()
    const oid = (await hub.gitRepository.refs([ref])).get(ref)
    const [blob] = oid === undefined ? [] : await hub.gitRepository.read([oid])
    if (blob && JSON.parse(blob.body.toString()).seq >= seq) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
