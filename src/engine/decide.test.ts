import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Command } from './command.ts'
import { decide, execute } from './decide.ts'
import { documentsAt, fromDocuments, toDocuments } from './state/documents.ts'
import { evolve } from './state/evolve.ts'
import { all, nextDue, type State, takeTouched } from './state/state.ts'
import {
  element,
  end,
  errorBoundary,
  exclusive,
  flow,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  parallel,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from './testing/bpmn.ts'
import { given } from './testing/engine.ts'

const order = model(
  'order',
  start(),
  messageStart('begun', 'BEGIN'),
  subProcess(
    'work',
    { multi: { in: '=items', as: 'item', out: 'done', element: '=result' } },
    start('s'),
    parallel('f'),
    serviceTask('a'),
    messageCatch('m', 'M', '=item'),
    parallel('j'),
    end('e'),
    flow('s -> f -> a -> j -> e'),
    flow('f -> m -> j'),
  ),
  timerBoundary('slow', 'work', { cycle: 'R2/PT10S' }, { interrupting: false }),
  messageBoundary('stop', 'work', 'STOP', '="stop"'),
  errorBoundary('failed', 'work', 'FAILED'),
  serviceTask('alarm', 'a', { retries: '=2' }),
  exclusive('g', 'g_end'),
  end(),
  end('alarmed'),
  flow('start -> work -> g -> end'),
  flow('begun -> work'),
  flow('g -> alarm', '=count(done) > 3'),
  flow('slow -> alarm -> alarmed'),
  flow('stop -> alarm'),
  flow('failed -> alarm'),
)

/** Numbers become a command of whatever there is to be commanded now. */
function commandFrom(state: State, [kind, pick]: readonly [number, number]): Command {
  const some = <Row>(rows: Iterable<Row>): Row | undefined => [...rows][pick % Math.max([...rows].length, 1)]
  const jobKey = some([...state.jobs.values()])?.key ?? 1
  const items = Array.from({ length: pick % 5 }, (_, n) => `i${n}`)
  const message = (name: string, correlationKey: string) =>
    ({
      type: 'PublishMessage',
      name,
      correlationKey,
      timeToLive: (pick % 3) * 4_000,
      messageId: pick % 2 ? `${pick}` : '',
      variables: { pick },
    }) as const
  const commands: Command[] = [
    { type: 'CreateProcessInstance', bpmnProcessId: 'order', variables: { items } },
    { type: 'CreateProcessInstance', bpmnProcessId: 'order', variables: { items: pick } },
    {
      type: 'ActivateJobs',
      jobType: 'a',
      worker: 'w',
      timeout: 3_000,
      maxJobsToActivate: (pick % 3) + 1,
      fetchVariables: [],
    },
    { type: 'CompleteJob', jobKey, variables: { result: pick } },
    { type: 'CompleteJob', jobKey, variables: {} },
    {
      type: 'FailJob',
      jobKey,
      retries: pick % 2,
      errorMessage: '',
      retryBackOff: (pick % 2) * 1_000,
      variables: { pick },
    },
    { type: 'ThrowError', jobKey, errorCode: pick % 2 ? 'FAILED' : 'OTHER', errorMessage: '', variables: {} },
    { type: 'UpdateJobRetries', jobKey, retries: 1 },
    { type: 'UpdateJob', jobKey, retries: 2, timeout: pick * 1_000 },
    message('M', `i${pick % 5}`),
    message('M', `i${pick % 4}`),
    message('STOP', 'stop'),
    message('BEGIN', `k${pick % 2}`),
    {
      type: 'SetVariables',
      elementInstanceKey: some([...state.elements.values()])?.key ?? 1,
      variables: { items },
      local: pick % 2 === 0,
    },
    { type: 'ResolveIncident', incidentKey: some([...state.incidents.values()])?.key ?? 1 },
    { type: 'CancelProcessInstance', processInstanceKey: some([...state.elements.values()])?.processInstanceKey ?? 1 },
    { type: 'Tick' },
  ]
  return commands[kind % commands.length]!
}

const picture = (state: State): string => JSON.stringify([...toDocuments(state)].sort(([a], [b]) => (a < b ? -1 : 1)))

/** What is derived, in the order in which it is read. */
const indexes = (state: State): string =>
  JSON.stringify([
    nextDue(state),
    state.jobs.in('activatable', 'a'),
    state.jobs.in('due', all),
    state.timers.in('due', all),
    state.messages.in('due', all),
    state.subscriptions.in('byMessage', '1:Mi0'),
  ])

const script = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { minLength: 10, maxLength: 60 })

test('deciding changes nothing; executing does what its events do alone; the touched documents alone carry the state over a restart', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const { state: first } = await given(order)
      const { state: folded } = await given(order)
      let state = first
      let now = Date.UTC(2026, 0, 1)
      const stored = new Map<string, unknown>([...toDocuments(state)].map(([path, document]) => [path, copy(document)]))
      takeTouched(state)
      for (const step of steps) {
        now += (step[1] % 4) * 1_000
        const command = commandFrom(state, step)
        const before = [picture(state), indexes(state), state.touched.size, state.counter]
        const decision = decide(state, command, now)
        assert.deepEqual([picture(state), indexes(state), state.touched.size, state.counter], before)
        assert.deepEqual(execute(state, command, now), decision)
        for (const event of 'events' in decision ? decision.events : []) evolve(folded, event)
        assert.deepEqual([picture(folded), indexes(folded)], [picture(state), indexes(state)])
        for (const [path, document] of documentsAt(state, takeTouched(state))) {
          if (document === null) stored.delete(path)
          else stored.set(path, copy(document))
        }
        if (step[0] % 5 > 0) continue
        const restarted = await fromDocuments(stored)
        assert.equal(picture(restarted), picture(state))
        assert.deepEqual(indexes(restarted), indexes(state))
        state = restarted
      }
      assertWhole(state)
    }),
    { seed: 3, numRuns: 60 },
  )
})

/** No row without its element, no element without its scope, no instance that has nothing left to wait for. */
function assertWhole(state: State): void {
  const { elements, scopes, jobs, timers, subscriptions, incidents } = state
  for (const element of elements.values()) {
    assert.ok(element.scopeKey === -1 || elements.get(element.scopeKey), `${element.elementId} has lost its scope`)
    assert.ok(scopes.get(element.key))
    assert.ok(element.activeFlows >= 0)
  }
  for (const scope of scopes.values()) assert.ok(elements.get(scope.key))
  for (const table of [jobs, timers, subscriptions, incidents]) {
    for (const row of table.values())
      assert.ok(elements.get(row.elementInstanceKey), 'a row is left of an element that is gone')
  }
  for (const { key, scopeKey } of elements.values()) {
    if (scopeKey !== -1) continue
    const waits = [jobs, timers, subscriptions, incidents].some((table) => table.in('byInstance', key).length > 0)
    assert.ok(waits, `instance ${key} waits for nothing`)
  }
}

function copy(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document))
}

test('a loop of multi-instances without items stops with an incident instead of hanging', async () => {
  const engine = await given(
    model(
      'endless',
      start(),
      serviceTask('none', 'none', { multi: { in: '=[]' } }),
      exclusive('g', 'g_none'),
      end(),
      flow('start -> none -> g'),
      flow('g -> none'),
      flow('g -> end', '=stop'),
    ),
  )
  const key = engine.create('endless', { stop: false })
  assert.match(engine.incident().message, /entered 1000 times without waiting/)
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { stop: true }, local: false })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  assert.equal(engine.finished.length, 1)
})

test('a multi-instance over more items than can be started at once is an incident', async () => {
  const each = { in: '=for i in 1..n return i' }
  const engine = await given(
    model('many', start(), serviceTask('each', 'each', { multi: each }), end(), flow('start -> each -> end')),
  )
  const key = engine.create('many', { n: 50_001 })
  assert.match(engine.incident().message, /at most 50000 items, but it has 50001/)
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { n: 2 }, local: false })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  assert.equal(engine.jobs('each').length, 2)
})

test('of many timers that are due at once each Tick fires a thousand', async () => {
  const engine = await given(
    model(
      'late',
      start(),
      subProcess(
        'each',
        { multi: { in: '=for i in 1..1500 return i' } },
        start('s'),
        timerCatch('wait', { duration: 'PT1M' }),
        end('e'),
        flow('s -> wait -> e'),
      ),
      end(),
      flow('start -> each -> end'),
    ),
  )
  engine.create('late')
  engine.advance(0)
  engine.advance(60_000)
  assert.equal(engine.running().filter((id) => id === 'wait').length, 500)
  assert.equal(nextDue(engine.state), engine.now)
  engine.advance(0)
  assert.equal(engine.finished.length, 1)
})

test('a user task whose listeners would not be called is refused', async () => {
  const listeners =
    '<bpmn:extensionElements><zeebe:userTask /><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="l" /></zeebe:taskListeners></bpmn:extensionElements>'
  const xml = model(
    'heard',
    start(),
    { inside: element('userTask', 't', '', listeners) },
    end(),
    flow('start -> t -> end'),
  )
  await assert.rejects(given(xml), /Element: t\n.*'zeebe:taskListeners' is not supported/)
})

test('a chain of thousands of elements is compiled in a moment', { timeout: 20_000 }, async () => {
  const ids = Array.from({ length: 8000 }, (_, n) => `t${n}`)
  const engine = await given(
    model(
      'chain',
      start(),
      ...ids.map((id) => ({ inside: `<bpmn:task id="${id}" />` })),
      flow(`start->${ids.join('->')}`),
    ),
  )
  engine.create('chain')
  assert.equal(engine.finished.length, 1)
})

test('multi-instances over many items start them a thousand at a time, tick by tick', async () => {
  const each = { in: '=for i in 1..3500 return i', as: 'i', out: 'o', element: '=i' }
  const engine = await given(
    model(
      'lots',
      start(),
      parallel('fork'),
      serviceTask('one', 'one', { multi: each }),
      subProcess('two', { multi: each }, start('s'), end('e'), flow('s -> e')),
      end('e1'),
      end('e2'),
      flow('start -> fork -> one -> e1'),
      flow('fork -> two -> e2'),
    ),
  )
  engine.create('lots')
  assert.ok(engine.running().length < 2000)
  while (nextDue(engine.state) === 0) {
    await engine.restart()
    engine.advance(0)
  }
  assert.deepEqual(engine.incidents(), [])
  assert.equal(engine.lived('two').filter((life) => life === 'two COMPLETED').length, 3501)
  const jobs = []
  for (let some = engine.jobs('one', 4000); some.length > 0; some = engine.jobs('one', 4000)) jobs.push(...some)
  assert.equal(jobs.length, 3500)
  for (const job of jobs) engine.complete(job)
  const numbers = Array.from({ length: 3500 }, (_, index) => index + 1)
  assert.deepEqual(engine.finished[0]?.variables.o, numbers)
})

test('a completion condition that is met before all have started starts no more', async () => {
  const multi = { in: '=for i in 1..2500 return i', until: '=numberOfCompletedInstances = 2' }
  const engine = await given(
    model('p', start(), serviceTask('each', 'each', { multi }), end(), flow('start -> each -> end')),
  )
  engine.create('p')
  for (const job of engine.jobs('each', 2)) engine.complete(job)
  assert.equal(engine.finished.length, 1)
  assert.equal(nextDue(engine.state), undefined)
})

test('all that started have ended before the rest starts: the body waits for it', async () => {
  const multi = { in: '=for i in 1..1500 return i' }
  const engine = await given(
    model('p', start(), serviceTask('each', 'each', { multi }), end(), flow('start -> each -> end')),
  )
  engine.create('p')
  for (const job of engine.jobs('each', 1000)) engine.complete(job)
  assert.deepEqual(engine.running(), ['each'])
  engine.advance(0)
  for (const job of engine.jobs('each', 1000)) engine.complete(job)
  assert.equal(engine.finished.length, 1)
})
