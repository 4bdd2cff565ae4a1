import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  end,
  exclusive,
  flow,
  messageBoundary,
  model,
  parallel,
  receiveTask,
  serviceTask,
  start,
  subProcess,
  terminateEnd,
  timerBoundary,
  timerCatch,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

// What a side-by-side run with Zeebe 8.6.0, record by record, showed.

const task = (options: Parameters<typeof serviceTask>[2]) =>
  model('p', start(), serviceTask('work', 'work', options), end(), flow('start -> work -> end'))

test('an output mapping that failed sees what an operator set, not again what the job brought', async () => {
  const engine = await given(task({ outputs: { b: '=assert(y, y > 3)' } }))
  engine.create('p')
  engine.complete(engine.job('work'), { y: 1 })
  const { key, elementInstanceKey } = engine.incident()
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { y: 5 }, local: true })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(engine.finished[0]?.variables, { b: 5 })
})

test('a value that a failed job left with its task goes on up when the job brings it again', async () => {
  const engine = await given(task({}))
  engine.create('p', { k: 5 })
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'FailJob', jobKey, retries: 1, errorMessage: '', retryBackOff: 0, variables: { k: 1, l: 1 } })
  engine.complete(engine.job('work'), { k: 1, l: 2 })
  assert.deepEqual(engine.finished[0]?.variables, { k: 1 })
})

const mapped = (id: string, tag: string, definition = '') => ({
  inside: `<bpmn:${tag} id="${id}"><bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=1" target="i" /><zeebe:output source="=i" target="${id}" /></zeebe:ioMapping></bpmn:extensionElements>${definition}</bpmn:${tag}>`,
})

test('elements that nobody has to do anything for map nothing in, and tasks among them nothing out', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      mapped('task', 'task'),
      mapped('manual', 'manualTask'),
      mapped('thrown', 'intermediateThrowEvent'),
      parallel('fork'),
      mapped('ended', 'endEvent'),
      timerCatch('wait', { duration: 'PT1S' }),
      mapped('terminated', 'endEvent', '<bpmn:terminateEventDefinition />'),
      flow('start -> task -> manual -> thrown -> fork -> ended'),
      flow('fork -> wait -> terminated'),
    ),
  )
  engine.create('p')
  engine.advance(1000)
  assert.deepEqual(engine.finished[0]?.variables, { thrown: null, ended: null })
})

test('an output collection that something else wrote to is an incident; mended, the instance goes on', async () => {
  const engine = await given(task({ multi: { in: '=[1, 2]', as: 'i', out: 'outs', element: '=r' } }))
  engine.create('p')
  const jobs = engine.jobs('work')
  engine.complete(jobs[0]!, { outs: 5, r: 1 })
  const { key, elementInstanceKey, message } = engine.incident()
  assert.match(message, /because the type of the output collection is: INTEGER\. This may happen when/)
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { outs: [0, 0] }, local: false })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  engine.complete(jobs[1]!, { r: 2 })
  assert.deepEqual(engine.finished[0]?.variables, { outs: [1, 2] })
})

test('an output element named item is declared in each instance', async () => {
  const engine = await given(task({ multi: { in: '=[1]', as: 'i', out: 'outs', element: '=item' } }))
  engine.create('p', { item: 'outer' })
  assert.deepEqual(engine.job('work').variables, { item: null, outs: [null], i: 1, loopCounter: 1 })
})

test('a nested target in what is no context makes null', async () => {
  const engine = await given(task({ outputs: { 'r.one': '=one' } }))
  engine.create('p', { r: 5 })
  engine.complete(engine.job('work'), { one: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { r: null })
})

test('a boundary timer and message name see what the activity mapped in, its correlation key what is around it', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      receiveTask('wait', 'NEVER', '="x"', { inputs: { due: '="PT1M"', name: '="inner"', key: '="inner"' } }),
      timerBoundary('late', 'wait', { duration: '=due' }),
      messageBoundary('told', 'wait', '="TOLD_" + name', '=key', { interrupting: false }),
      end(),
      end('tooLate'),
      end('heard'),
      flow('start -> wait -> end'),
      flow('late -> tooLate'),
      flow('told -> heard'),
    ),
  )
  engine.create('p', { due: 'PT9H', name: 'outer', key: 'outer' })
  engine.publish('TOLD_inner', 'inner')
  assert.deepEqual(engine.lived('heard'), [])
  engine.publish('TOLD_inner', 'outer')
  assert.equal(engine.lived('heard').length, 4)
  engine.advance(60_000)
  assert.equal(engine.lived('tooLate').length, 4)
})

test("what a subprocess's boundary events cannot evaluate stops its start event, which goes on when it is mended", async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), serviceTask('work'), end('e'), flow('s -> work -> e')),
      messageBoundary('told', 'sub', 'TOLD', '=key'),
      end(),
      end('heard'),
      flow('start -> sub -> end'),
      flow('told -> heard'),
    ),
  )
  const instance = engine.create('p')
  const { key, elementId } = engine.incident()
  assert.equal(elementId, 's')
  assert.deepEqual(engine.running(), ['sub', 's'])
  engine.do({ type: 'SetVariables', elementInstanceKey: instance, variables: { key: 'k' }, local: false })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(engine.running(), ['sub', 'work'])
  engine.publish('TOLD', 'k')
  assert.equal(engine.lived('heard').length, 4)
})

test('a terminate end event completes after what was on its way when it was reached', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      exclusive('on'),
      serviceTask('work'),
      end(),
      terminateEnd('stop'),
      flow('start -> fork -> on -> work -> end'),
      flow('fork -> stop'),
    ),
  )
  engine.create('p')
  const lived = engine.lived()
  assert.ok(lived.indexOf('on COMPLETED') < lived.indexOf('stop COMPLETED'))
  assert.equal(engine.finished.length, 1)
})

test('the instances of a parallel multi-instance come after what was on its way before them', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      serviceTask('each', 'work', { multi: { in: '=[1, 2]' } }),
      exclusive('on'),
      serviceTask('other', 'work'),
      end('e1'),
      end('e2'),
      flow('start -> fork'),
      flow('fork -> on -> other -> e2'),
      flow('fork -> each -> e1'),
    ),
  )
  engine.create('p')
  assert.deepEqual(
    engine.jobs('work').map((job) => job.elementId),
    ['other', 'each', 'each'],
  )
})

test('the number of retries is a 32-bit integer', async () => {
  const engine = await given(task({ retries: '=99999999999' }))
  engine.create('p')
  assert.equal(engine.job('work').retries, 1215752191)
})

/** Milliseconds from 2026-01-01T00:00Z, a Thursday. */
const hour = 3_600_000
const cycles: [cycle: string, due: number][] = [
  ['0 0/5 * * * ?', hour / 12],
  ['0 0 12 13 * FRI', ((31 + 12) * 24 + 12) * hour],
  ['R2/pt5m', hour / 12],
  ['R2/2026-01-02T00:00:00+01:00[Europe/Berlin]/PT1H', 23 * hour],
]
for (const [cycle, due] of cycles) {
  test(`a timer cycle: ${cycle}`, async () => {
    const engine = await given(
      model(
        'p',
        start(),
        serviceTask('work'),
        timerBoundary('tick', 'work', { cycle }, { interrupting: false }),
        end(),
        end('ticked'),
        flow('start -> work -> end'),
        flow('tick -> ticked'),
      ),
    )
    engine.create('p')
    engine.advance(due - 1)
    assert.deepEqual(engine.lived('ticked'), [])
    engine.advance(1)
    assert.equal(engine.lived('ticked').length, 4)
  })
}

test('a duration may be in small letters; an empty one is refused', async () => {
  const wait = (duration: string) =>
    model('p', start(), timerCatch('wait', { duration }), end(), flow('start -> wait -> end'))
  const engine = await given(wait('pt5m'))
  engine.create('p')
  engine.advance(300_000)
  assert.equal(engine.finished.length, 1)
  await assert.rejects(given(wait('')), /Invalid duration format '' for expression ''/)
})
